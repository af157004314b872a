export interface Column {
  readonly name: string;
  readonly align: 'centre' | 'right';
}

/** As PrettyTable draws it, which scripts cut into columns: the odd blank of a centred cell goes to the right of an odd length, else to the left. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ name }, index) => Math.max(name.length, ...rows.map((row) => (row[index] ?? '').length)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (cells: readonly string[]) => `|${columns.map(({ align }, index) => ` ${aligned(cells[index] ?? '', widths[index] ?? 0, align)} `).join('|')}|`;
  return [rule, line(columns.map(({ name }) => name)), rule, ...rows.map(line), rule].join('\n');
}

function aligned(text: string, width: number, align: Column['align']): string {
  if (align === 'right') return text.padStart(width);
  const blanks = width - text.length;
  const left = text.length % 2 === 0 ? Math.ceil(blanks / 2) : Math.floor(blanks / 2);
  return text.padStart(text.length + left).padEnd(width);
}
