export const EVENT_STORE = Symbol('EventStore');
export const CLAIMS = Symbol('Claims');
export const CHECKPOINTS = Symbol('Checkpoints');
