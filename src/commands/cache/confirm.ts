import { createInterface } from 'node:readline';

export class NoAnswer extends Error {
  constructor() {
    super('there is nobody to ask: repeat with --force to go on without asking');
  }
}

/** Asks on standard output; only `y` and `yes` mean yes. Fails where standard input ends without a line. */
export async function confirmed(question: string): Promise<boolean> {
  process.stdout.write(`${question} [y/N] `);
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return ['y', 'yes'].includes(line.toLowerCase());
    throw new NoAnswer();
  } finally {
    lines.close();
    process.stdin.destroy();
  }
}
