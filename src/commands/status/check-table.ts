/** Codes are what the whole ends with: the highest of all. */
export const RESULTS = { success: 0, warning: 1, failure: 2 } as const;

export interface Checked {
  readonly check: string;
  readonly result: (typeof RESULTS)[keyof typeof RESULTS];
  readonly details: string | null;
}

export const TITLE = 'Upgrade Check Results';
const WORDS = ['Success', 'Warning', 'Failure'];
/** Characters of a line of details. */
const WIDTH = 60;

/** The table that OpenStack's `<service>-status upgrade check` prints. */
export function checkTable(checks: readonly Checked[]): string {
  const cells = [[TITLE], ...checks.map(({ check, result, details }) => [`Check: ${check}`, `Result: ${WORDS[result]}`, ...`Details: ${details === null ? 'None' : wrapped(details)}`.split('\n')])];
  const width = Math.max(...cells.flat().map((line) => line.length));
  const rule = `+${'-'.repeat(width + 2)}+`;
  return [rule, ...cells.flatMap((lines) => [...lines.map((line) => `| ${line.padEnd(width)} |`), rule])].join('\n');
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
