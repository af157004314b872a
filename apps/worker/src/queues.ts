/** Removes the bytes of a deleted image from every store that has them. */
export interface DeleteImageData {
  readonly imageId: string;
  /** The ImageDeleted that the work answers to. */
  readonly causationId: string;
  readonly correlationId: string | null;
}

/** What each kind of job carries: only ids, since a processor reads the state anew. */
export interface JobPayloads {
  'delete-image-data': DeleteImageData;
}

/** Every queue and the jobs in it; each queue costs a listening connection, so there are few. */
export const QUEUES = {
  data: { jobs: ['delete-image-data'], concurrency: 4 },
} as const;

export type QueueName = keyof typeof QUEUES;
export type JobName = (typeof QUEUES)[QueueName]['jobs'][number];
export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];
export const JOB_NAMES: readonly JobName[] = QUEUE_NAMES.flatMap((queue) => QUEUES[queue].jobs);

export function queueOf(name: JobName): QueueName {
  const found = QUEUE_NAMES.find((queue) => (QUEUES[queue].jobs as readonly string[]).includes(name));
  if (!found) throw new TypeError(`no queue has the job ${name}`);
  return found;
}
