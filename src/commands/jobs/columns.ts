/** Nothing that is not a sign to print reaches the terminal. */
const printed = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** Lines of words in columns, each as wide as it has to be, the last as long as it is. */
export function columns(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printed));
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).map((line) => `${line}\n`).join('');
}
