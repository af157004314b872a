export {
  claimsContract as claimsConformance, eventStoreContract as eventStoreConformance, followerContract as followerConformance, loadContract as eventStoreLoadConformance,
  type EventStoreUnderTest,
} from '#event-store/conformance';
export { readModelConformance, type ReadModelUnderTest } from './read-model-conformance.js';
