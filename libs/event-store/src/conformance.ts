export { claimsContract, type ClaimsUnderTest } from './claims.contract.js';
export { loadContract } from './event-store-load.contract.js';
export { eventStoreContract, type EventStoreUnderTest } from './event-store.contract.js';
export { followerContract } from './follower.contract.js';
export { projectionTargetContract, type TargetUnderTest } from './projector/projection-target.contract.js';
export { breaking, failureOf, recordSuite, type RecordedCase } from './recorded-suite.fixture.js';
