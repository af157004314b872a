import type { ToolOptions } from '../tool-options.js';

/** What an action of the database is asked. */
export interface Asked {
  readonly options: DbOptions;
  /** Whatever stood behind the action's name: glance-manage takes its values so, too. */
  readonly words: readonly string[];
  /** As the action before it would be called: `afterimage db` or `glance-manage db`. */
  readonly program: string;
}

export type DbOptions = ToolOptions & {
  readonly json?: boolean;
  readonly version?: string;
  readonly age_in_days?: string;
  readonly max_rows?: string;
  readonly path?: string;
  readonly merge?: boolean;
  readonly prefer_new?: boolean;
  readonly overwrite?: boolean;
};

export interface Action {
  /** As glance-manage spells it; hyphens do as well. */
  readonly name: string;
  readonly does: string;
  /** Names of its words, for the help. */
  readonly words: readonly string[];
  /** Flags and what they do. */
  readonly options: Readonly<Record<string, string>>;
  /** Answers the exit code. */
  run(asked: Asked): Promise<number>;
}

const action = (name: string, does: string, run: Action['run'], options: Action['options'] = {}, words: Action['words'] = []): Action => ({ name, does, run, options, words });

const schema = () => import('./schema-actions.js');

const metadefs = () => import('./metadef-actions.js');
const purges = () => import('./purge-actions.js');

const MERGE = {
  '--path <path>': 'a file or a folder of *.json (default: [DEFAULT] metadata_source_path)',
  '--merge': 'add to namespaces that are there what only the files have',
  '--prefer_new': 'with --merge: what both have becomes as in the files',
  '--overwrite': 'with --merge: namespaces that are there are deleted first',
};
const PURGE_WORDS = ['age_in_days', 'max_rows'];
const purgeOptions = (days: number) => ({ '--age_in_days <days>': `only what was deleted before so many days (default: ${days})`, '--max_rows <number>': 'at most so many images, -1 for all (default: 100)' });
const JSON_TOO = { '--json': 'as JSON' };
const VERSION = { '--version <name>': 'the migration up to which' };

export const ACTIONS: readonly Action[] = [
  action('sync', 'make the schema, or bring it up to date at once; no older program may run on it', async (asked) => (await schema()).sync(asked), VERSION, ['version']),
  action('check', 'tell what an upgrade has to do next: exit code 0 nothing, 3 expand, 4 migrate, 5 contract', async (asked) => (await schema()).check(asked), JSON_TOO),
  action('version', 'print the newest migration that the database has had', async (asked) => (await schema()).version(asked), JSON_TOO),
  action('upgrade', 'bring the schema up to a migration, or up to date', async (asked) => (await schema()).upgrade(asked), VERSION, ['version']),
  action('version_control', 'make the list of migrations in an empty database, and nothing else', async (asked) => (await schema()).versionControl(asked), VERSION, ['version']),
  action('expand', 'first step of an upgrade: add what is new, beside running programs of before', async (asked) => (await schema()).expand(asked)),
  action('migrate', 'second step: move data', async (asked) => (await schema()).moveData(asked)),
  action('contract', 'last step, when no older program runs any more: take away what only that needed', async (asked) => (await schema()).contract(asked)),
  action('purge', 'take properties, tags and members of deleted images out of the read model', async (asked) => (await purges()).purge(asked), purgeOptions(30), PURGE_WORDS),
  action('purge_images_table', 'take rows of deleted images out of the read model; their ids stay taken', async (asked) => (await purges()).purgeImagesTable(asked), purgeOptions(180), PURGE_WORDS),
  action('load_metadefs', 'load metadata definitions from files; a namespace that is there already is left alone', async (asked) => (await metadefs()).loadMetadefs(asked), MERGE, ['path', 'merge', 'prefer_new', 'overwrite']),
  action('unload_metadefs', 'delete all metadata definitions', async (asked) => (await metadefs()).unloadMetadefs(asked)),
  action('export_metadefs', 'save all metadata definitions to files', async (asked) => (await metadefs()).exportMetadefs(asked), { '--path <folder>': 'where to (default: [DEFAULT] metadata_source_path)' }, ['path']),
];
