/** Removes the bytes of a deleted image from every store that has them. */
export interface DeleteImageData {
  readonly imageId: string;
  /** The ImageDeleted that the work answers to. */
  readonly causationId: string;
  readonly correlationId: string | null;
}

/** Deletes the encryption key that goes with a deleted image. */
export interface DeleteEncryptionKey {
  readonly imageId: string;
  /** The event by which the image was gone for good. */
  readonly causationId: string;
  readonly correlationId: string | null;
}

/** Does an import that was requested. */
export interface ImportImage {
  readonly imageId: string;
  readonly taskId: string;
  /** The ImageImportRequested that the work answers to. */
  readonly causationId: string;
  readonly correlationId: string | null;
}

/** Reads and hashes what lies at a place that was added to an image. */
export interface HashLocationJob {
  readonly imageId: string;
  readonly taskId: string;
  /** The ImageImportRequested that the work answers to. */
  readonly causationId: string;
  readonly correlationId: string | null;
}

/** Does what a task of the Tasks API asked for. */
export interface RunTaskJob {
  readonly taskId: string;
  /** The TaskRequested that the work answers to. */
  readonly causationId: string;
  readonly correlationId: string | null;
}

/** Takes an image into the cache of the node that the job is bound to. */
export interface PrefetchImage {
  readonly imageId: string;
}

/** What each kind of job carries: only ids, since a processor reads the state anew. */
export interface JobPayloads {
  'delete-encryption-key': DeleteEncryptionKey;
  'delete-image-data': DeleteImageData;
  'hash-location': HashLocationJob;
  'import-image': ImportImage;
  'run-task': RunTaskJob;
  'prefetch-image': PrefetchImage;
  'prune-cache': Record<never, never>;
  'clean-cache': Record<never, never>;
}

/** Queues and the jobs in them; each costs a listening connection, so there are few. */
export const QUEUES = {
  /** Short work. */
  data: { jobs: ['delete-encryption-key', 'delete-image-data'] },
  /** What may take hours. */
  import: { jobs: ['hash-location', 'import-image', 'run-task', 'prefetch-image', 'prune-cache', 'clean-cache'] },
} as const;

/** Jobs at a time in each process; `node` for the queue of each node. */
export interface Concurrency {
  readonly data: number;
  readonly import: number;
  readonly node: number;
}

export const DEFAULT_CONCURRENCY: Concurrency = { data: 4, import: 4, node: 4 };

export type SharedQueue = keyof typeof QUEUES;
export type JobName = (typeof QUEUES)[SharedQueue]['jobs'][number];
/** That of a node has the jobs of any name that are bound to it. */
export type QueueName = SharedQueue | `node.${string}`;

export const SHARED_QUEUES = Object.keys(QUEUES) as SharedQueue[];
export const JOB_NAMES: readonly JobName[] = SHARED_QUEUES.flatMap((queue) => QUEUES[queue].jobs);

export const nodeQueue = (node: string): QueueName => `node.${node}`;

export function queueOf({ name, node }: { readonly name: JobName; readonly node?: string }): QueueName {
  if (node !== undefined) return nodeQueue(node);
  const found = SHARED_QUEUES.find((queue) => (QUEUES[queue].jobs as readonly string[]).includes(name));
  if (!found) throw new TypeError(`no queue has the job ${name}`);
  return found;
}

/** The node whose queue it is. */
export const nodeOf = (queue: string): string | undefined => (queue.startsWith('node.') ? queue.slice('node.'.length) : undefined);

export const concurrencyOf = (queue: QueueName, concurrency: Concurrency): number => (queue === 'data' || queue === 'import' ? concurrency[queue] : concurrency.node);
