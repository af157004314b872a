import type { CacheClient } from './cache-client.js';
import { confirmed } from './confirm.js';
import { table, type Column } from './table.js';
import { utcTime } from './utc-time.js';

/** One run of the tool. */
export interface Asked {
  readonly client: CacheClient;
  /** Without a question. */
  readonly force: boolean;
  /** After the command's name. */
  readonly rest: readonly string[];
}

export interface ManageCommand {
  readonly name: string;
  readonly summary: string;
  readonly detail: string;
  /** It is about one image, named by its id. */
  readonly ofImage: boolean;
  /** Ends the sentence `Failed to …`. */
  readonly action: string;
  /** Asked first, unless it is forced. */
  readonly question?: (id: string) => string;
  /** Answers what is printed, and what only with `--verbose`. */
  readonly run: (client: CacheClient, id: string) => Promise<{ readonly says?: string; readonly tells?: string }>;
}

const ID: Column = { name: 'ID', align: 'centre' };
const CACHED: readonly Column[] = [
  ID,
  { name: 'Last Accessed (UTC)', align: 'centre' },
  { name: 'Last Modified (UTC)', align: 'centre' },
  { name: 'Size', align: 'right' },
  { name: 'Hits', align: 'right' },
];

async function listCached(client: CacheClient): Promise<{ says: string }> {
  const images = await client.cachedImages();
  if (images.length === 0) return { says: 'No cached images.' };
  const rows = images.map((image) => [
    image.image_id,
    image.last_accessed === 0 ? 'N/A' : utcTime(image.last_accessed),
    utcTime(image.last_modified),
    String(image.size),
    String(image.hits),
  ]);
  return { says: `Found ${images.length} cached images...\n${table(CACHED, rows)}` };
}

async function listQueued(client: CacheClient): Promise<{ says: string }> {
  const ids = await client.queuedImages();
  if (ids.length === 0) return { says: 'No queued images.' };
  return { says: `Found ${ids.length} queued images...\n${table([ID], ids.map((id) => [id]))}` };
}

export const MANAGE_COMMANDS: readonly ManageCommand[] = [
  { name: 'list-cached', summary: 'List the images in the cache', detail: 'Lists all images in the cache, with how often and when they were last read from it.', ofImage: false, action: 'show cached images', run: listCached },
  { name: 'list-queued', summary: 'List the images queued for the cache', detail: 'Lists all images that are to come into the cache.', ofImage: false, action: 'show queued images', run: listQueued },
  {
    name: 'queue-image', summary: 'Queue an image for the cache', detail: 'Queues an image, which is then brought into the cache.', ofImage: true,
    action: 'queue the specified image for caching',
    question: (id) => `Queue image ${id} for caching?`,
    run: async (client, id) => {
      await client.queueImage(id);
      return { tells: `Queued image ${id} for caching` };
    },
  },
  {
    name: 'delete-cached-image', summary: 'Remove an image from the cache', detail: 'Removes an image from the cache; the image itself stays.', ofImage: true,
    action: 'delete the specified cached image',
    question: (id) => `Delete cached image ${id}?`,
    run: async (client, id) => {
      await client.deleteCachedImage(id);
      return { tells: `Deleted cached image ${id}` };
    },
  },
  {
    name: 'delete-all-cached-images', summary: 'Remove all images from the cache', detail: 'Removes all images from the cache; the images themselves stay.', ofImage: false,
    action: 'Delete all cached images',
    question: () => 'Delete all cached images?',
    run: async (client) => ({ tells: `Deleted ${await client.deleteAllCachedImages()} cached images` }),
  },
  {
    name: 'delete-queued-image', summary: 'Take an image from the queue', detail: 'Takes an image from the queue: it does not come into the cache.', ofImage: true,
    action: 'delete the specified queued image',
    question: (id) => `Delete queued image ${id}?`,
    run: async (client, id) => {
      await client.deleteQueuedImage(id);
      return { tells: `Deleted queued image ${id}` };
    },
  },
  {
    name: 'delete-all-queued-images', summary: 'Empty the queue', detail: 'Takes all images from the queue.', ofImage: false,
    action: 'Delete all queued images',
    question: () => 'Delete all queued images?',
    run: async (client) => ({ tells: `Deleted ${await client.deleteAllQueuedImages()} queued images` }),
  },
];

/** As the tool lists them, in words of our own. */
export const commandList = (): string =>
  ['Commands:', ...[['help <command>', 'Tell more of one of the commands'], ...MANAGE_COMMANDS.map(({ name, summary }) => [name, summary])].map(([name = '', summary]) => `    ${name.padEnd(28)}${summary}`)].join('\n\n');

const HYPHENS = /^(?:urn:)?(?:uuid:)?\{?([0-9a-fA-F-]+)\}?$/;

/** In any spelling that Python's `uuid` reads. */
const isUuid = (text: string): boolean => HYPHENS.exec(text)?.[1]?.replaceAll('-', '').length === 32;

/** Undefined: what follows the command is right. */
export function wrongUsage({ name, ofImage }: ManageCommand, rest: readonly string[]): string | undefined {
  if (!ofImage) return undefined;
  const [id] = rest;
  if (rest.length !== 1 || id === undefined) return `Please specify the ID of the image you wish for command '${name}' from the cache as the first and only argument.`;
  return isUuid(id) ? undefined : `Image ID '${id}' is not a valid UUID.`;
}

/** Answers what is printed with `--verbose`; prints the rest. */
export async function carryOut(command: ManageCommand, { client, force, rest }: Asked): Promise<string | undefined> {
  const id = rest[0] ?? '';
  if (command.question && !force && !(await confirmed(command.question(id)))) return undefined;
  const { says, tells } = await command.run(client, id);
  if (says !== undefined) process.stdout.write(`${says}\n`);
  return tells;
}
