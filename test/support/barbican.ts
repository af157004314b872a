import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('serve-barbican.py', import.meta.url));

/** By token. */
const PROJECTS = { 'token-of-alice': 'alice', 'token-of-bob': 'bob' } as const;
export type Token = keyof typeof PROJECTS;

/** The Key Manager of Debian's python3-barbican; it ends with this process, however that ends. */
export class TestBarbican {
  private constructor(readonly url: string, private readonly end: () => Promise<void>) {}

  static async start(): Promise<TestBarbican> {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-barbican-'));
    const program = ['/usr/bin/python3', PROGRAM, folder, JSON.stringify(PROJECTS)];
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', ...program], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'exit');
    const end = async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    };
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-20_000)));
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', () => {
        const found = /ready on (\d+)/.exec(log)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.on('close', () => reject(new Error(`Barbican ended before it was ready:\n${log}`)));
    }).catch(async (error: unknown) => {
      await end();
      throw error;
    });
    return new TestBarbican(`http://127.0.0.1:${port}`, end);
  }

  /** Stores a secret of Alice's and answers its id. */
  async store(secret: Readonly<Record<string, string>>): Promise<string> {
    const headers = { 'content-type': 'application/json', 'x-auth-token': 'token-of-alice' satisfies Token };
    const answer = await fetch(`${this.url}/v1/secrets`, { method: 'POST', headers, body: JSON.stringify(secret) });
    if (answer.status !== 201) throw new Error(`Barbican answered ${answer.status}: ${await answer.text()}`);
    const { secret_ref: reference } = (await answer.json()) as { secret_ref: string };
    return reference.slice(reference.lastIndexOf('/') + 1);
  }

  stop(): Promise<void> {
    return this.end();
  }
}
