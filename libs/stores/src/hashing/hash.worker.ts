import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

// Runs from source too, where Node only strips the types: erasable TypeScript, no imports of our own.

/** Each but `drop` is answered once, in order. */
export type HashRequest =
  | { readonly kind: 'open'; readonly id: number; readonly algorithm: string; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'update'; readonly id: number; readonly offset: number; readonly length: number }
  | { readonly kind: 'finish'; readonly id: number }
  | { readonly kind: 'drop'; readonly id: number };

export interface HashReply {
  readonly id: number;
  /** Hex; to `finish` only. */
  readonly digest?: string;
}

const open = new Map<number, { readonly hash: Hash; readonly memory: SharedArrayBuffer }>();

function handle(request: HashRequest): HashReply | undefined {
  const { id } = request;
  if (request.kind === 'open') {
    open.set(id, { hash: createHash(request.algorithm), memory: request.memory });
    return { id };
  }
  const digest = open.get(id);
  if (request.kind === 'update') {
    digest?.hash.update(new Uint8Array(digest.memory, request.offset, request.length));
    return { id };
  }
  open.delete(id);
  return request.kind === 'finish' ? { id, digest: digest?.hash.digest('hex') } : undefined;
}

parentPort?.on('message', (request: HashRequest) => {
  const reply = handle(request);
  if (reply) parentPort?.postMessage(reply);
});
