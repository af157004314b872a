import type { CommandContext } from '#event-store';

/** The service itself, where no user's request is behind a command. */
export const workerContext = (cause?: { causationId: string; correlationId: string | null }): CommandContext => ({
  actor: { user: null, project: null, roles: [], admin: true, service: 'afterimage-worker' },
  requestId: null,
  ...(cause && { causationId: cause.causationId }),
  ...(cause?.correlationId && { correlationId: cause.correlationId }),
});
