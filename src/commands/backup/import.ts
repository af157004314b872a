import { imageDecider, taskDecider } from '#images';
import { Deciders, importLog, Projector, verifyLogFile, type Imported, type LogFileOutline, type LogTarget } from '#event-store';
import { metadefsDecider } from '#metadefs';
import { loadSettings, type Settings } from '#settings';
import { withLog, type OpenLog } from '../../open-log.js';
import { beginImport, endImport, IMPORT_PROJECTED, unfinishedImport } from '../../unfinished-import.js';
import { commandLine } from '../config-options.js';
import { logAsTool } from '../tool-logging.js';
import type { ImportOptions } from './command.js';
import { progressBar, untilStopped, type Bar } from './progress.js';

/** Events of one file: those that were written now, and those that stood. */
interface Result extends Imported {
  readonly file: string;
  readonly first: number;
  readonly last: number;
  readonly head: string;
}

interface Run {
  readonly bar: Bar;
  readonly signal: AbortSignal;
}

/** `import`. */
export async function importFrom(files: readonly string[], options: ImportOptions): Promise<void> {
  const run = { bar: progressBar(process.stderr), signal: untilStopped() };
  try {
    const outlines = await verified(files, options.check ?? false, run);
    const results = options.check ? outlines.map((outline) => resultOf(outline, { events: 0, stood: 0 })) : await intoDatabase(outlines, options, run);
    run.bar.stop();
    process.stdout.write(options.json ? `${JSON.stringify(results, undefined, 2)}\n` : results.map((result) => textOf(result, options.check ?? false)).join(''));
  } finally {
    run.bar.stop();
  }
}

/** With `check` each event as well; an import does that while it reads them. */
async function verified(files: readonly string[], check: boolean, { bar, signal }: Run): Promise<LogFileOutline[]> {
  const outlines: LogFileOutline[] = [];
  for (const file of files) outlines.push(await verifyLogFile(file, { events: check, signal, progress: (share) => bar.update(`verifying ${file}`, share) }));
  return outlines;
}

async function intoDatabase(outlines: readonly LogFileOutline[], options: ImportOptions, run: Run): Promise<Result[]> {
  const loaded = loadSettings({ commandLine: commandLine(options) });
  logAsTool('afterimage-import', loaded);
  for (const outline of outlines) refuseOtherSite(outline, loaded.settings);
  return withLog(loaded.settings, 'write', async (log) => {
    const target = await log.transfer.open();
    try {
      return await takeOver(outlines, log, target, run);
    } finally {
      await target.close();
    }
  });
}

/** The events first, the read models after them; what was begun is known, and no server starts until it is done. */
async function takeOver(outlines: readonly LogFileOutline[], log: OpenLog, target: LogTarget, { bar, signal }: Run): Promise<Result[]> {
  const { checkpoints, store, following } = log;
  const from = target.end.position;
  let project = following !== undefined || (await unfinishedImport(checkpoints)) !== undefined;
  const last = outlines.reduce((most, { end }) => (end.position > most ? end.position : most), target.end.position);
  const results: Result[] = [];
  for (const outline of outlines) {
    const imported = await importLog(outline, begun(target, async () => {
      if (!project) await checkpoints.write(IMPORT_PROJECTED, from);
      await beginImport(checkpoints, last);
      project = true;
    }), { signal, progress: (share) => bar.update(`importing ${outline.file}`, share) });
    results.push(resultOf(outline, imported));
  }
  if (!project) return results;
  const { projections, target: readModels } = log;
  const projector = new Projector({ store, projections, target: readModels, deciders: new Deciders([imageDecider, metadefsDecider, taskDecider]), name: following ?? IMPORT_PROJECTED });
  const head = Number(await store.head());
  await projector.catchUp({ signal, progress: (position) => bar.update('building the read models', Number(position) / head) });
  await endImport(checkpoints, last);
  return results;
}

/** Calls `first` before the first event is written: what is refused leaves no trace. */
function begun(target: LogTarget, first: () => Promise<void>): LogTarget {
  let done = false;
  return {
    get end() {
      return target.end;
    },
    headAt: (position) => target.headAt(position),
    chainAt: (stream, revision) => target.chainAt(stream, revision),
    async take(events) {
      if (!done) await first();
      done = true;
      await target.take(events);
    },
    close: () => target.close(),
  };
}

function refuseOtherSite({ file, header }: LogFileOutline, { site }: Settings): void {
  if (header.site === site) return;
  throw new Error(`${file} is the log of site ${header.site}, and this one is named ${site}: set [site] name = ${header.site}, under which its events and images are known`);
}

const resultOf = ({ file, header: { after }, end }: LogFileOutline, { events, stood }: Imported): Result =>
  ({ file, events, stood, first: Number(after.position) + 1, last: Number(end.position), head: end.head.toString('hex') });

function textOf({ file, events, stood, first, last, head }: Result, check: boolean): string {
  const range = `${first} to ${last}, head ${head}`;
  if (check) return `${file}: whole; events ${range}\n`;
  return `${file}: ${events} event(s) imported${stood > 0 ? `, ${stood} stood already` : ''}; ${range}\n`;
}
