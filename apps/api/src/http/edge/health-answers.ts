import { hostname, release, type } from 'node:os';

export interface Check {
  readonly healthy: boolean;
  readonly reason: string;
  /** What was looked at, and what was found; shown only in detail. */
  readonly kind: string;
  readonly details: string;
}

export const healthText = (checks: readonly Check[]): string => checks.map(({ reason }) => reason).join('\n');

export function healthJson(checks: readonly Check[], detailed: boolean): string {
  const answer = detailed
    ? { detailed, ...server(), reasons: checks.map(({ kind, details, reason }) => ({ class: kind, details, reason })) }
    : { detailed, reasons: checks.map(({ reason }) => reason) };
  return JSON.stringify(answer, null, 4);
}

export function healthPage(checks: readonly Check[], detailed: boolean): string {
  const rows = checks.map(({ kind, details, reason }) => row('TD', detailed ? [kind, reason, details] : [reason]));
  const table = `<TABLE border="1">\n${row('TH', detailed ? ['Kind', 'Reason', 'Details'] : ['Reason'])}\n${rows.join('\n')}\n</TABLE>`;
  const about = Object.entries({ hostname: hostname(), ...server() }).map(([name, value]) => `<P><B>${name}:</B> ${escapeHtml(String(value))}</P>`);
  const head = detailed ? `<H1>Server status</H1>\n${about.join('\n')}\n` : '';
  return `<HTML>\n<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>\n<BODY>\n${head}<H2>Result of ${checks.length} checks:</H2>\n${table}\n</BODY>\n</HTML>`;
}

/** As the peer tells of itself, in the terms of this program. */
const server = () => ({
  node_version: process.version,
  now: new Date().toISOString().replace('T', ' ').replace('Z', ''),
  platform: `${type()}-${release()}-${process.arch}`,
  uptime: Math.floor(process.uptime()),
  memory: process.memoryUsage.rss(),
});

const row = (cell: 'TH' | 'TD', texts: readonly string[]): string => `<TR>${texts.map((text) => `<${cell}>${escapeHtml(text)}</${cell}>`).join('')}</TR>`;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
