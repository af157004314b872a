import { exportLog, verifyLogFile, type Exported, type ExportLog } from '#event-store';
import { loadSettings } from '#settings';
import { withLog } from '../../open-log.js';
import { commandLine } from '../config-options.js';
import { logAsTool } from '../tool-logging.js';
import type { ExportOptions } from './command.js';
import { progressBar, untilStopped } from './progress.js';

/** `export`. What it says goes to standard error where the file goes to standard output. */
export async function exportTo(file: string, options: ExportOptions): Promise<void> {
  const loaded = loadSettings({ commandLine: commandLine(options) });
  logAsTool('afterimage-export', loaded);
  const bar = progressBar(process.stderr);
  const asked: Omit<ExportLog, 'store'> = {
    site: loaded.settings.site,
    to: file === '-' ? process.stdout : file,
    ...(options.after === undefined ? {} : { after: (await verifyLogFile(options.after)).end }),
    signal: untilStopped(),
    progress: (done, of) => void (done % 1_000 === 0 && bar.update(`${done} of ${of} events`, done / of)),
  };
  try {
    const done = await withLog(loaded.settings, 'read', async ({ store, transfer }) => {
      await transfer.settled();
      return exportLog({ store, ...asked });
    });
    bar.stop();
    (file === '-' ? process.stderr : process.stdout).write(options.json ? jsonOf(file, done) : textOf(file, done));
  } finally {
    bar.stop();
  }
}

function textOf(file: string, { events, after, end, resumed }: Exported): string {
  const range = events === 0 ? 'no event' : `${events} event(s), ${after + 1n} to ${end.position}`;
  return `${file === '-' ? 'standard output' : file}: ${range}; head ${end.head.toString('hex')}\n${resumed > 0 ? `${resumed} of them were written before\n` : ''}`;
}

const jsonOf = (file: string, { events, after, end, resumed }: Exported): string =>
  `${JSON.stringify({ file, events, first: Number(after) + 1, last: Number(end.position), head: end.head.toString('hex'), resumed }, undefined, 2)}\n`;
