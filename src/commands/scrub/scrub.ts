import { Logger } from '@nestjs/common';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '#event-store';
import { Scrubber, ScrubberRunning } from '#images';
import { loadSettings, type Settings } from '#settings';
import { withApplication } from '../../command-app.js';
import { lockStateDirectory, StateDirectoryInUse } from '../../embedded-postgres.js';
import { logAsTool } from '../tool-logging.js';
import { toolSettings } from '../tool-options.js';
import { toldToEnd } from '../tool-signal.js';
import type { ScrubberOptions } from './command.js';

const NAME = 'glance-scrubber';
const LOCK = 'scrubber.lock';
/** A database that is gone is looked for so often. */
const RETRY_MS = 10_000;

const log = new Logger(NAME);

const context: CommandContext = { actor: { user: null, project: null, roles: [], admin: true, service: NAME }, requestId: null };

/** One run of the tool; answers its exit code. What is refused fails with an error that says why. */
export async function scrub(options: ScrubberOptions): Promise<number> {
  const { commandLine, env } = toolSettings(options);
  const loaded = loadSettings({ commandLine, env });
  logAsTool(NAME, loaded);
  const { settings } = loaded;
  const daemon = !options.nodaemon && (options.daemon ?? settings.values.DEFAULT.daemon);
  if (options.restore !== undefined && daemon) throw new Error('The restore and daemon options should not be set together. Please use either of them in one request.');
  const stopped = toldToEnd(log);
  if (options.restore !== undefined) await restore(settings, options.restore);
  else if (daemon) await runOn(settings, stopped);
  else await runOnce(settings, stopped);
  return 0;
}

async function restore(settings: Settings, imageId: string): Promise<void> {
  await alone(settings, () => withApplication(settings, (app) => app.get(Scrubber).restore(context, imageId)));
  log.log(`image ${imageId} is restored`);
}

async function runOnce(settings: Settings, signal: AbortSignal): Promise<void> {
  const { parallel } = settings.images.scrubbing;
  const report = await withApplication(settings, (app) => app.get(Scrubber).scrub(context, { parallel, signal }));
  if (!report) log.warn('another scrubber is at work: nothing was done');
  else log.log(`images scrubbed: ${report.scrubbed}; left for the next run: ${report.kept}`);
}

/** Until it is told to end. Where the database goes away, it is waited for; that nothing works at all shows at the start. */
async function runOn(settings: Settings, signal: AbortSignal): Promise<void> {
  await alone(settings, async () => {
    for (let first = true; !signal.aborted; first = false) {
      try {
        await (settings.readModel.kind === 'embedded' ? runAndWait(settings, signal) : stay(settings, signal));
      } catch (error) {
        if (first) throw error;
        log.error(error instanceof Error ? error.message : String(error));
        await pause(RETRY_MS, signal);
      }
    }
  });
}

/** The PostgreSQL of a state folder is a server's: it is let go between two runs, so that a server can start meanwhile. */
async function runAndWait(settings: Settings, signal: AbortSignal): Promise<void> {
  await runOnce(settings, signal);
  await pause(settings.images.scrubbing.everySeconds * 1000, signal);
}

async function stay(settings: Settings, signal: AbortSignal): Promise<void> {
  const { parallel, everySeconds } = settings.images.scrubbing;
  const alone = await withApplication(settings, (app) => app.get(Scrubber).scrubOn(context, everySeconds * 1000, { parallel, signal }));
  if (!alone) throw new ScrubberRunning();
}

/** A daemon of this state folder counts as running while it waits, too. Elsewhere the database itself says who scrubs. */
async function alone(settings: Settings, work: () => Promise<void>): Promise<void> {
  const release = settings.readModel.kind === 'embedded' ? locked(settings.stateDir) : () => undefined;
  try {
    await work();
  } finally {
    release();
  }
}

function locked(stateDir: string): () => void {
  mkdirSync(stateDir, { recursive: true });
  try {
    return lockStateDirectory(stateDir, LOCK);
  } catch (error) {
    throw error instanceof StateDirectoryInUse ? new ScrubberRunning() : error;
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
