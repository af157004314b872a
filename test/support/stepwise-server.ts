import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from './server.js';

const PRELOAD = fileURLToPath(new URL('kill-at-step.mjs', import.meta.url));

/** A server that tells its steps, and that can be killed at each; it comes back over the same state. */
export class StepwiseServer {
  private server: Server | undefined;
  private more = '';

  private constructor(readonly stateDir: string, private readonly conf: string) {}

  static async create(conf: (stateDir: string) => string): Promise<StepwiseServer> {
    const stateDir = await mkdtemp(join(tmpdir(), 'afterimage-test-'));
    mkdirSync(join(stateDir, 'steps'));
    return new StepwiseServer(stateDir, conf(stateDir));
  }

  get now(): Server {
    if (!this.server) throw new Error('the server does not run');
    return this.server;
  }

  get runs(): boolean {
    return this.server?.child.exitCode === null && this.server.child.signalCode === null;
  }

  /** `more`: options of [DEFAULT], from now on. */
  async start(more = this.more): Promise<void> {
    this.more = more;
    const { NODE_OPTIONS = '' } = process.env;
    const env = { NODE_OPTIONS: `${NODE_OPTIONS} --import=${PRELOAD}`, AFTERIMAGE_TEST_STEPS: join(this.stateDir, 'steps') };
    this.server = await Server.start({ stateDir: this.stateDir, conf: `${more}${this.conf}`, env });
  }

  /** Ends it with SIGKILL when it next comes to that step. */
  killAt(step: string): void {
    writeFileSync(this.file('kill'), step);
  }

  /** Whether the step is still to come. */
  get isWaiting(): boolean {
    return existsSync(this.file('kill'));
  }

  /** All so far, in order. */
  get steps(): readonly string[] {
    return existsSync(this.file('steps')) ? readFileSync(this.file('steps'), 'utf8').trimEnd().split('\n') : [];
  }

  /** Rejects where it lives on. */
  async killed(ms: number): Promise<void> {
    if (!this.runs) return;
    await once(this.now.child, 'exit', { signal: AbortSignal.timeout(ms) });
  }

  private file(name: string): string {
    return join(this.stateDir, 'steps', name);
  }
}
