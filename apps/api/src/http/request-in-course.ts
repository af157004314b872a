import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestHook } from './edge/hooks.js';

/** What the lines of a log tell of the request that they belong to. */
export interface RequestInCourse {
  readonly requestId: string;
}

const current = new AsyncLocalStorage<RequestInCourse>();

/** The request in whose course this is called. */
export const requestInCourse = (): RequestInCourse | undefined => current.getStore();

/** All that comes after it is in the course of the request. */
export const inCourse: RequestHook = (request, _reply, next) => current.run({ requestId: request.id }, next);
