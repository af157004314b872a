import type { EventStore } from '../event-store.js';

/**
 * The log as far as something that follows it has come: whoever reads on from there meets no event whose consequences are
 * not there yet. Forward only.
 */
export function logUpTo(log: Pick<EventStore, 'readLog'>, reached: () => Promise<bigint>): Pick<EventStore, 'readLog' | 'head'> {
  return {
    head: reached,
    async readLog(asked = {}) {
      if (asked.direction === 'backward') throw new TypeError('a followed log is read forward');
      const { after = 0n } = asked;
      const end = await reached();
      if (after >= end) return { events: [], reached: after };
      const page = await log.readLog(asked);
      if (page.reached <= end) return page;
      return { events: page.events.filter(({ position }) => position <= end), reached: end };
    },
  };
}
