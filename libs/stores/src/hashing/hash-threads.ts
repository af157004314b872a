import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SignatureMismatch, type DataSignature } from './data-signature.js';
import type { HashReply, HashRequest } from './hash.worker.js';

/** One hash, computed or verified on another thread from memory that both share. */
export interface RemoteHash {
  /** Resolves when the bytes have been read: their memory may then change. */
  update(offset: number, length: number): Promise<void>;
  /** Hex; of a signature nothing, or `SignatureMismatch`. No call may follow. */
  finish(): Promise<string>;
  /** Gives up; harmless after `finish`. */
  drop(): void;
}

interface Waiting {
  resolve(reply: HashReply): void;
  reject(error: Error): void;
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerFile = new URL(`./hash.worker.${extension}`, import.meta.url);

/** A thread that computes any number of hashes by turns. It keeps the process alive only while it has one. */
class HashThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting[]>();
  private failure: Error | undefined;

  constructor(file: URL, onEnd: (thread: HashThread) => void) {
    this.worker = new Worker(file, { name: 'hash' });
    this.worker.unref();
    const end = (cause?: unknown) => {
      onEnd(this);
      this.fail(new Error('The thread that computes a hash of the data ended unexpectedly.', { cause }));
    };
    this.worker.on('message', (reply: HashReply) => this.waiting.get(reply.id)?.shift()?.resolve(reply));
    this.worker.on('error', end);
    this.worker.on('exit', () => end());
  }

  get load(): number {
    return this.waiting.size;
  }

  open(id: number, memory: SharedArrayBuffer, algorithm: string, signature?: DataSignature): RemoteHash {
    this.waiting.set(id, []);
    this.worker.ref();
    // A failure shows again at the next call.
    this.ask({ kind: 'open', id, algorithm, memory, signature }).catch(() => undefined);
    return {
      update: async (offset, length) => void (await this.ask({ kind: 'update', id, offset, length })),
      finish: async () => {
        const { digest, valid } = await this.ask({ kind: 'finish', id });
        this.close(id);
        if (valid === false) throw new SignatureMismatch();
        if (valid) return '';
        if (digest === undefined) throw new Error('A hash was finished twice.');
        return digest;
      },
      drop: () => {
        if (this.waiting.has(id)) this.worker.postMessage({ kind: 'drop', id } satisfies HashRequest);
        this.close(id);
      },
    };
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private ask(request: HashRequest): Promise<HashReply> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(request.id);
      if (this.failure || !queue) return reject(this.failure ?? new Error('The hash is closed.'));
      queue.push({ resolve, reject });
      this.worker.postMessage(request);
    });
  }

  private close(id: number): void {
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker.unref();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const queue of this.waiting.values()) for (const each of queue.splice(0)) each.reject(this.failure);
  }
}

/**
 * Threads that compute hashes, started when first needed and kept. While there are no more hashes than threads, each has
 * one of its own; beyond that they share. The end of a thread fails the hashes on it, no others; a new one replaces it.
 */
export class HashThreads {
  private readonly threads = new Set<HashThread>();
  private lastId = 0;

  constructor(
    private readonly most = Math.min(16, Math.max(2, availableParallelism())),
    private readonly file = workerFile,
  ) {}

  open(algorithm: string, memory: SharedArrayBuffer): RemoteHash {
    return this.leastLoaded().open((this.lastId += 1), memory, algorithm);
  }

  verify(signature: DataSignature, memory: SharedArrayBuffer): RemoteHash {
    return this.leastLoaded().open((this.lastId += 1), memory, signature.algorithm, signature);
  }

  /** Ends every thread, and with it the hashes that are open. */
  async stop(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.stop()));
  }

  private leastLoaded(): HashThread {
    const [least] = [...this.threads].toSorted((a, b) => a.load - b.load);
    if (least && (least.load === 0 || this.threads.size >= this.most)) return least;
    const thread = new HashThread(this.file, (ended) => this.threads.delete(ended));
    this.threads.add(thread);
    return thread;
  }
}
