import { imageDecider, taskDecider } from '#images';
import { Deciders, rebuild, verifyReadModels, type Difference, type ReadModel } from '#event-store';
import { metadefsDecider } from '#metadefs';
import { loadSettings } from '#settings';
import { refuseModule } from '../../drivers/load-driver.js';
import { withLog } from '../../open-log.js';
import { OF_A_MODULE } from '../../read-model-origin.js';
import { READ_MODELS } from '../../read-models.js';
import { progressBar, untilStopped } from '../backup/progress.js';
import { commandLine } from '../config-options.js';
import { logAsTool } from '../tool-logging.js';
import type { RebuildOptions } from './command.js';

interface Result {
  readonly readModels: readonly string[];
  /** Of the log, up to which everything was replayed. */
  readonly position: number;
  readonly differences?: number;
}

/** `projections rebuild`. Differences are printed as they are found, in JSON one on a line; the result is the last line. */
export async function rebuildProjections(name: string | undefined, options: RebuildOptions): Promise<void> {
  const models = chosen(name);
  const loaded = loadSettings({ commandLine: commandLine(options) });
  logAsTool('afterimage-projections', loaded);
  const bar = progressBar(process.stderr);
  const signal = untilStopped();
  let found = 0;
  const tell = (difference: Difference): void => {
    found += 1;
    process.stdout.write(options.json ? `${JSON.stringify(difference)}\n` : textOf(difference));
  };
  try {
    const { position } = await withLog(loaded.settings, 'read', async ({ pool, store, checkpoints, following, module }) => {
      refuseModule(module, 'afterimage projections');
      if (name !== undefined && (await checkpoints.read(OF_A_MODULE)) !== undefined) throw new Error('events were written while data_api named a module: all read models have to be built anew');
      const asked = { pool, store, following, models, signal, deciders: new Deciders([imageDecider, metadefsDecider, taskDecider]), progress: bar.update };
      if (options.verify) return verifyReadModels(asked, tell);
      const done = await rebuild(asked);
      await pool.query('DELETE FROM afterimage.follower WHERE name = $1', [OF_A_MODULE]);
      return done;
    });
    bar.stop();
    const result: Result = { readModels: models.map((model) => model.name), position: Number(position), ...(options.verify ? { differences: found } : {}) };
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : endOf(result));
    if (found > 0) process.exitCode = 1;
  } finally {
    bar.stop();
  }
}

function chosen(name: string | undefined): readonly ReadModel[] {
  const models = READ_MODELS.filter((model) => name === undefined || model.name === name);
  if (models.length === 0) throw new Error(`there is no read model ${name}: they are ${READ_MODELS.map((model) => model.name).join(', ')}`);
  return models;
}

function textOf({ table, key, column, live, replayed }: Difference): string {
  const shown = (value: unknown) => (value === undefined ? 'no row' : JSON.stringify(value));
  return `${table} ${Object.entries(key).map(([of, value]) => `${of}=${String(value)}`).join(' ')} ${column}: live ${shown(live)}, replayed ${shown(replayed)}\n`;
}

const endOf = ({ readModels, position, differences }: Result): string =>
  differences === undefined
    ? `${readModels.join(', ')}: built anew from the log up to ${position}\n`
    : `${readModels.join(', ')}: ${differences} difference(s) to the log up to ${position}\n`;
