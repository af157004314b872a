import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A policy file in a folder of its own, and the options that name it. */
export class PolicyFile {
  readonly folder = mkdtempSync(join(tmpdir(), 'afterimage-policy-'));
  readonly path = join(this.folder, 'policy.yaml');

  constructor(content: string) {
    this.write(content);
  }

  get conf(): string {
    return `[oslo_policy]\npolicy_file = ${this.path}\npolicy_dirs = ${join(this.folder, 'policy.d')}\n`;
  }

  /** In one step, as configuration management does. */
  write(content: string): void {
    writeFileSync(`${this.path}.new`, content);
    renameSync(`${this.path}.new`, this.path);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
