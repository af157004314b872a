import { testKurrent } from './kurrent.js';
import { testDatabase } from './postgres.js';

/**
 * `AFTERIMAGE_TEST_EVENTS` = `postgres` or `kurrent` runs the stories with the events of every server elsewhere than its read models,
 * where its configuration does not say where they are.
 */
const wanted = process.env['AFTERIMAGE_TEST_EVENTS'];

interface Events {
  readonly url: string;
  end(): Promise<void>;
}

/** By the server's state folder, which outlives it. */
const opened = new Map<string, Events>();

/** Lines for the end of its configuration. */
export async function eventsApart(stateDir: string, conf = ''): Promise<string> {
  if ((wanted !== 'postgres' && wanted !== 'kurrent') || /^\[(event_store|read_model|database)\]/m.test(conf)) return '';
  const events = opened.get(stateDir) ?? (await open(wanted));
  opened.set(stateDir, events);
  return `[event_store]\nurl = ${events.url}\n[read_model]\nurl = embedded:\n`;
}

export async function endEventsApart(stateDir: string): Promise<void> {
  await opened.get(stateDir)?.end();
  opened.delete(stateDir);
}

async function open(kind: 'postgres' | 'kurrent'): Promise<Events> {
  if (kind === 'kurrent') {
    const server = await testKurrent();
    return { url: server.url, end: () => server.stop() };
  }
  const database = await testDatabase();
  return { url: database.url, end: () => database.drop() };
}
