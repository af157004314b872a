import type { Stamp } from './event.js';

/** A last-writer-wins value with the stamp of the event that wrote it. */
export interface Register<T> {
  readonly value: T;
  readonly stamp: string;
}

/** Compares as its three parts do, since a site's name has no character as low as a blank. */
export const stampText = (stamp: Stamp): string => `${stamp.hlc} ${stamp.site} ${stamp.id}`;

export const newer = <T>(a: Register<T> | undefined, b: Register<T>): Register<T> =>
  a === undefined || a.stamp < b.stamp ? b : a;

export const older = <T>(a: Register<T> | undefined, b: Register<T>): Register<T> =>
  a === undefined || b.stamp < a.stamp ? b : a;

/** Writes several registers of one record at once. */
export function writeAll<T>(
  registers: Readonly<Record<string, Register<T>>>,
  entries: readonly (readonly [string, T])[],
  stamp: string,
): Readonly<Record<string, Register<T>>> {
  const written: Record<string, Register<T>> = Object.assign(Object.create(null), registers);
  for (const [key, value] of entries) written[key] = newer(written[key], { value, stamp });
  return written;
}
