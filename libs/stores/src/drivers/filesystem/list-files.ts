import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './filesystem.errors.js';

export interface FoundFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Looked at together. */
const BATCH = 64;

/** Everything in a directory but its directories, in no order; what goes meanwhile is left out. Only a batch is ever in memory. */
export async function* listFiles(directory: string): AsyncGenerator<FoundFile> {
  let batch: Dirent[] = [];
  for await (const entry of await opendir(directory, { bufferSize: BATCH })) {
    if (entry.isDirectory()) continue;
    batch.push(entry);
    if (batch.length < BATCH) continue;
    yield* await looked(directory, batch);
    batch = [];
  }
  yield* await looked(directory, batch);
}

async function looked(directory: string, entries: readonly Dirent[]): Promise<FoundFile[]> {
  return (await Promise.all(entries.map(({ name }) => look(name, join(directory, name))))).flat();
}

async function look(name: string, path: string): Promise<FoundFile[]> {
  try {
    const { size, mtime } = await lstat(path);
    return [{ name, path, size, modifiedAt: mtime }];
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
