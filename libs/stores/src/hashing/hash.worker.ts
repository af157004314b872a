import { createHash, createVerify, type Verify } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

// Runs from source too, where Node only strips the types: erasable TypeScript, no imports of our own.

/** As in `data-signature.ts`. */
interface Signature {
  readonly key: string;
  readonly padding?: number;
  readonly saltLength?: number;
  readonly value: Uint8Array;
}

/** Each but `drop` is answered once, in order. With a signature the hash is not told but verified. */
export type HashRequest =
  | { readonly kind: 'open'; readonly id: number; readonly algorithm: string; readonly memory: SharedArrayBuffer; readonly signature?: Signature }
  | { readonly kind: 'update'; readonly id: number; readonly offset: number; readonly length: number }
  | { readonly kind: 'finish'; readonly id: number }
  | { readonly kind: 'drop'; readonly id: number };

export interface HashReply {
  readonly id: number;
  /** Hex; to `finish` only. */
  readonly digest?: string;
  /** To `finish` of what has a signature. */
  readonly valid?: boolean;
}

interface Computation {
  readonly memory: SharedArrayBuffer;
  update(bytes: Uint8Array): unknown;
  finish(): Omit<HashReply, 'id'>;
}

const open = new Map<number, Computation>();

function computation({ algorithm, memory, signature }: Extract<HashRequest, { kind: 'open' }>): Computation {
  if (signature) {
    const verify = createVerify(algorithm);
    return { memory, update: (bytes) => verify.update(bytes), finish: () => ({ valid: holds(verify, signature) }) };
  }
  const hash = createHash(algorithm);
  return { memory, update: (bytes) => hash.update(bytes), finish: () => ({ digest: hash.digest('hex') }) };
}

/** What cannot be a signature of this key at all is none. */
function holds(verify: Verify, { value, ...key }: Signature): boolean {
  try {
    return verify.verify(key, value);
  } catch {
    return false;
  }
}

function handle(request: HashRequest): HashReply | undefined {
  const { id } = request;
  if (request.kind === 'open') {
    open.set(id, computation(request));
    return { id };
  }
  const found = open.get(id);
  if (request.kind === 'update') {
    found?.update(new Uint8Array(found.memory, request.offset, request.length));
    return { id };
  }
  open.delete(id);
  return request.kind === 'finish' ? { id, ...found?.finish() } : undefined;
}

parentPort?.on('message', (request: HashRequest) => {
  const reply = handle(request);
  if (reply) parentPort?.postMessage(reply);
});
