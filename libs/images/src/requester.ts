import type { CommandContext } from '#event-store';
import type { Requester } from './image/import.events.js';

/** Who asks, as events keep it: no credential of theirs. */
export const requesterOf = ({ actor: { user, project, roles, admin }, requestId }: CommandContext): Requester => ({ user, project, roles, admin, requestId });
