import { createInterface } from 'node:readline';

/** Asks on standard error, so that a report in a pipe stays whole; only `y` and `yes` mean yes. */
export async function agreed(question: string): Promise<boolean> {
  process.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return ['y', 'yes'].includes(line.trim().toLowerCase());
    throw new Error('there is nobody to ask: repeat with --yes to go on without asking');
  } finally {
    lines.close();
    process.stdin.destroy();
  }
}
