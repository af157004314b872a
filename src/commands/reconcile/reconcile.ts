import type { CommandContext } from '#event-store';
import { Reconciler, type Reconciliation, type ReconcileOptions } from '#images';
import { loadSettings } from '#settings';
import { withApplication } from '../../command-app.js';
import { Shutdown } from '../../shutdown.js';
import { commandLine } from '../config-options.js';
import { logAsTool } from '../tool-logging.js';
import type { ReconcileCommandOptions } from './command.js';
import { agreed } from './agreed.js';
import { progressBar } from './progress-bar.js';
import { jsonReport, textReport, type Report } from './report.js';

const NAME = 'afterimage-reconcile';
const DIFFERENCES = 3;

const context: CommandContext = { actor: { user: null, project: null, roles: [], admin: true, service: NAME }, requestId: null };

/** Answers the exit code. */
export async function reconcile(options: ReconcileCommandOptions): Promise<number> {
  const loaded = loadSettings({ commandLine: commandLine(options) });
  logAsTool(NAME, loaded);
  if (options.repair && !options.yes && !(await agreed(questionOf(options)))) throw new Error('nothing was done');
  const report = (options.json ? jsonReport : textReport)((text) => process.stdout.write(text));
  const result = await withApplication(loaded.settings, (app) => run(app.get(Reconciler), options, report));
  return result.left === 0 ? 0 : DIFFERENCES;
}

async function run(reconciler: Reconciler, { store, verify, repair, grace, after }: ReconcileCommandOptions, report: Report): Promise<Reconciliation> {
  const stopped = new AbortController();
  let last = after;
  void new Shutdown(() => undefined).requested.then(({ text }) => stopped.abort(new Error(`ended before it was done (${text})${last === undefined ? '' : `; go on with --after ${last}`}`)));
  const bar = progressBar(process.stderr);
  const asked: ReconcileOptions = {
    ...(store ? { stores: store } : {}), ...(verify ? { verify } : {}), ...(after === undefined ? {} : { after }), ...(repair ? { repair: { graceMs: grace * 1000 } } : {}),
    signal: stopped.signal,
    found: (finding) => bar.aside(() => report.add(finding)),
    progress: (at) => {
      last = at.last ?? last;
      bar.update(at);
    },
  };
  try {
    const result = await reconciler.run(context, asked);
    bar.stop();
    report.end(result);
    return result;
  } finally {
    bar.stop();
  }
}

const questionOf = ({ grace, store }: ReconcileCommandOptions): string =>
  `Remove bytes in ${store ? store.join(', ') : 'all stores'} that no image refers to and that are older than ${grace} s, and have images give up places whose data is gone or wrong where another copy is good?`;
