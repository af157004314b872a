import { newer, type Register } from '#event-store';

type Bucket<T> = Readonly<Record<string, Register<T>>>;

/** Registers by key. In buckets, so that a write copies a part of them: a namespace may have had thousands. */
export type Registers<T> = readonly Bucket<T>[];

const BUCKETS = 64;
const EMPTY: Bucket<never> = Object.freeze(Object.create(null));

export const NO_REGISTERS: Registers<never> = Array.from({ length: BUCKETS }, () => EMPTY);

/** Keeps the newer of what stands there and what comes. */
export function write<T>(registers: Registers<T>, key: string, register: Register<T>): Registers<T> {
  const index = bucketOf(key);
  const bucket = registers[index] ?? EMPTY;
  if (newer(bucket[key], register) !== register) return registers;
  const written: Record<string, Register<T>> = Object.assign(Object.create(null), bucket);
  written[key] = register;
  return registers.with(index, written);
}

export const read = <T>(registers: Registers<T>, key: string): T | undefined => registers[bucketOf(key)]?.[key]?.value;

export const entries = <T>(registers: Registers<T>): [string, T][] =>
  registers.flatMap((bucket) => Object.entries(bucket).map(([key, { value }]): [string, T] => [key, value]));

function bucketOf(key: string): number {
  let hash = 0;
  for (let i = 0; i < key.length; i += 1) hash = (hash * 31 + key.charCodeAt(i)) % 65_521;
  return hash % BUCKETS;
}
