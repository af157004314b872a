import { readFileSync } from 'node:fs';
import { fileMark } from '../file-mark.js';
import type { Policy } from '../policy/policy.js';
import type { Principal } from '../principal.js';
import { parsePropertyProtections, type ProtectionFile, type Tell } from './parse-property-protections.js';
import { BadPropertyProtections } from './property-protections.errors.js';
import { UNPROTECTED, type PropertyOperation, type PropertyProtections } from './property-protections.js';

/** Without a file nothing is protected. */
export type PropertyProtectionsOptions = Pick<ProtectionFile, 'format'> & Partial<ProtectionFile>;

/** Milliseconds between two looks at the file. */
const LOOK_EVERY = 1_000;

/**
 * Fails with `BadPropertyProtections` where the file cannot be used. One that is changed later is read again; while it
 * cannot be used what it said before holds on.
 */
export function openPropertyProtections({ file, format }: PropertyProtectionsOptions, policy: Policy, tell: Tell = () => undefined, lookEvery = LOOK_EVERY): PropertyProtections {
  if (file === undefined) return UNPROTECTED;
  return new WatchedProtections(file, () => parsePropertyProtections(contentOf(file), { file, format }, policy, tell), tell, lookEvery);
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadPropertyProtections(file, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

class WatchedProtections implements PropertyProtections {
  private mark: string;
  private current: PropertyProtections;
  private nextLook: number;

  constructor(private readonly file: string, private readonly read: () => PropertyProtections, private readonly tell: Tell, private readonly lookEvery: number) {
    this.mark = fileMark(file);
    this.current = read();
    this.nextLook = performance.now() + lookEvery;
  }

  allows(operation: PropertyOperation, property: string, caller: Principal): boolean {
    this.look();
    return this.current.allows(operation, property, caller);
  }

  private look(): void {
    if (performance.now() < this.nextLook) return;
    this.nextLook = performance.now() + this.lookEvery;
    const mark = fileMark(this.file);
    if (mark === this.mark) return;
    this.mark = mark;
    try {
      this.current = this.read();
      this.tell(`property protections: ${this.file} was changed: it holds from now on`);
    } catch (error) {
      this.tell(`${error instanceof Error ? error.message : String(error)}; what it said before holds on`);
    }
  }
}
