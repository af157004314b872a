import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestHook } from './edge/hooks.js';

export interface RequestInCourse {
  /** The lines of a log tell it. */
  readonly requestId: string;
  /** Says in the answer that what was done cannot be read yet. */
  answersLate(): void;
}

const current = new AsyncLocalStorage<RequestInCourse>();

/** The request in whose course this is called. */
export const requestInCourse = (): RequestInCourse | undefined => current.getStore();

/** All that comes after it is in the course of the request. */
export const inCourse: RequestHook = (request, reply, next) => current.run({ requestId: request.id, answersLate: () => void reply.header('x-afterimage-lag', '1') }, next);
