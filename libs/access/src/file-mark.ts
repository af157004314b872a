import { statSync } from 'node:fs';

/** Differs where the file does, also where another was put in its place; empty where it cannot be looked at. */
export function fileMark(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${ino}-${size}-${mtimeNs}-${ctimeNs}`;
  } catch {
    return '';
  }
}
