import { Logger } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { MetadefFiles, type MergeMode } from '#metadefs';
import { withApplication } from '../../command-app.js';
import type { Asked } from './actions.js';
import { dbSettings, NAME } from './with-database.js';

const context: CommandContext = { actor: { user: null, project: null, roles: [], admin: true, service: NAME }, requestId: null };

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Python's way to see a word of the command line: any text is true. */
const given = (flag: boolean | undefined, word: string | undefined): boolean => flag === true || (word !== undefined && word !== '');

/** undefined: what was asked contradicts itself, which was told. */
function modeOf({ options, words }: Asked): MergeMode | undefined {
  const [merge, preferNew, overwrite] = [given(options.merge, words[1]), given(options.prefer_new, words[2]), given(options.overwrite, words[3])];
  const wrong = !merge && (preferNew || overwrite) ? '--prefer_new and --overwrite only go with --merge' : preferNew && overwrite ? '--prefer_new and --overwrite exclude each other' : undefined;
  if (wrong !== undefined) {
    new Logger(NAME).error(`nothing was loaded: ${wrong}`);
    return undefined;
  }
  if (!merge) return 'skip';
  return overwrite ? 'overwrite' : preferNew ? 'prefer-new' : 'prefer-old';
}

/** `db load_metadefs`. */
export async function loadMetadefs(asked: Asked): Promise<number> {
  const settings = dbSettings(asked.options);
  const mode = modeOf(asked);
  // As glance-manage ends: what is wrong is told in the log.
  if (mode === undefined) return 0;
  const path = asked.options.path ?? asked.words[0] ?? settings.metadefs.sourcePath;
  const loaded = await withApplication(settings, (app) => app.get(MetadefFiles).load(context, path, mode));
  say(`${loaded} namespace(s) loaded from ${path}`);
  return 0;
}

/** `db unload_metadefs`. */
export async function unloadMetadefs({ options }: Asked): Promise<number> {
  const removed = await withApplication(dbSettings(options), (app) => app.get(MetadefFiles).unload(context));
  say(`${removed} namespace(s) removed`);
  return 0;
}

/** `db export_metadefs`. */
export async function exportMetadefs({ options, words }: Asked): Promise<number> {
  const settings = dbSettings(options);
  const path = options.path ?? words[0] ?? settings.metadefs.sourcePath;
  const files = await withApplication(settings, (app) => app.get(MetadefFiles).export(path));
  say(`${files.length} namespace(s) saved in ${path}`);
  return 0;
}
