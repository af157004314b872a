type Step = (...row: unknown[]) => unknown;

interface Block {
  readonly title: string;
  readonly before: Step[];
  readonly beforeEach: Step[];
  readonly after: Step[];
}

export interface RecordedCase {
  /** Titles of its blocks but the outermost, and its own as it was written, with ` › ` between. */
  readonly title: string;
  /** Sets everything up, runs and tears down; rejects where the case fails. */
  run(): Promise<void>;
}

/** The cases of a suite that is written for Jest, to be run one by one. */
export function recordSuite(define: () => void): readonly RecordedCase[] {
  const cases: RecordedCase[] = [];
  const blocks: Block[] = [];
  const top = (): Block => blocks.at(-1) ?? { title: '', before: [], beforeEach: [], after: [] };
  const describe = (title: string, body: () => void): void => {
    blocks.push({ title, before: [], beforeEach: [], after: [] });
    body();
    blocks.pop();
  };
  const add = (title: string, body: Step, row: readonly unknown[] = []): void => {
    const around = [...blocks];
    cases.push({ title: [...around.slice(1).map((block) => block.title), title].join(' › '), run: () => runCase(around, () => body(...row)) });
  };
  const each = (table: readonly unknown[]) => (title: string, body: Step) => table.forEach((row) => add(title, body, Array.isArray(row) ? row : [row]));
  const replaced = {
    describe,
    it: Object.assign((title: string, body: Step) => add(title, body), { each }),
    beforeAll: (step: Step) => top().before.push(step),
    beforeEach: (step: Step) => top().beforeEach.push(step),
    afterAll: (step: Step) => top().after.push(step),
  };
  const globals = globalThis as unknown as Record<string, unknown>;
  const kept = Object.fromEntries(Object.keys(replaced).map((name) => [name, globals[name]]));
  Object.assign(globals, replaced);
  try {
    define();
  } finally {
    Object.assign(globals, kept);
  }
  return cases;
}

async function runCase(blocks: readonly Block[], body: Step): Promise<void> {
  const all = async (steps: readonly Step[]) => {
    for (const step of steps) await step();
  };
  try {
    await all(blocks.flatMap(({ before }) => before));
    await all(blocks.flatMap(({ beforeEach }) => beforeEach));
    await body();
  } finally {
    await all(blocks.toReversed().flatMap(({ after }) => after));
  }
}

/** Why the first of the cases of that title fails; undefined where all pass. */
export async function failureOf(cases: readonly RecordedCase[], title: string): Promise<string | undefined> {
  const found = cases.filter((one) => one.title === title);
  if (found.length === 0) throw new Error(`there is no case: ${title}`);
  for (const one of found) {
    try {
      await one.run();
    } catch (error) {
      return String(error);
    }
  }
  return undefined;
}

/** All of it but what is broken. */
export function breaking<T extends object>(whole: T, broken: Partial<T>): T {
  return new Proxy(whole, {
    get(target, key) {
      const of: Partial<T> = key in broken ? broken : target;
      const value: unknown = Reflect.get(of, key);
      return typeof value === 'function' ? (value as (...asked: unknown[]) => unknown).bind(of) : value;
    },
  });
}
