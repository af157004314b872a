import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who may create, read, update and delete, by the name of the section. */
export type Protections = Readonly<Record<string, readonly [create: string, read: string, update: string, remove: string]>>;

export const protectionFile = (protections: Protections): string =>
  Object.entries(protections).map(([name, [create, read, update, remove]]) => `[${name}]\ncreate = ${create}\nread = ${read}\nupdate = ${update}\ndelete = ${remove}\n`).join('\n');

/** A file of its own, and the options that name it. */
export function protectedBy(protections: Protections, format: 'roles' | 'policies' = 'roles'): { readonly conf: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-protections-'));
  const file = join(folder, 'property-protections.conf');
  writeFileSync(file, protectionFile(protections));
  return { conf: `property_protection_file = ${file}\nproperty_protection_rule_format = ${format}\n`, remove: () => rmSync(folder, { recursive: true }) };
}
