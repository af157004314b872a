import { FINDING_KINDS, type Finding, type Reconciliation } from '#images';

/** Written as it comes: a report may be longer than memory. */
export interface Report {
  add(finding: Finding): void;
  end(result: Reconciliation): void;
}

type Write = (text: string) => void;

const HEAD = ['FOUND', 'STORE', 'NAME', 'IMAGE', 'BYTES', 'MODIFIED'];
/** The last column is as long as it is. */
const WIDTHS = [10, 12, 36, 36, 14, 20];

/** Nothing that is not a sign to print reaches the terminal. */
const printed = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

const line = (cells: readonly string[]): string => `${cells.map((cell, i) => printed(cell).padEnd(WIDTHS[i] ?? 0)).join('  ').trimEnd()}\n`;

export function textReport(write: Write): Report {
  let begun = false;
  return {
    add: ({ kind, store, name, image, size, modifiedAt, detail }) => {
      if (!begun) write(line([...HEAD, 'DETAIL']));
      begun = true;
      write(line([kind, store, name || '-', image ?? '-', size === null ? '-' : `${size}`, modifiedAt === null ? '-' : `${modifiedAt.toISOString().slice(0, 19)}Z`, detail]));
    },
    end: ({ files, images, locations, found, repaired, left }) => {
      const kinds = FINDING_KINDS.filter((kind) => found[kind] > 0).map((kind) => `${found[kind]} ${kind}`);
      write(`${begun ? '\n' : ''}${files} file(s) and ${locations} place(s) of ${images} image(s) compared: ${kinds.length === 0 ? 'all is well' : kinds.join(', ')}\n`);
      if (repaired > 0) write(`${repaired} repaired, ${left} left\n`);
    },
  };
}

/** One document: `{"found": [...], "summary": {...}}`. */
export function jsonReport(write: Write): Report {
  let begun = false;
  return {
    add: (finding) => {
      write(`${begun ? ',' : '{"found": ['}\n  ${JSON.stringify(finding)}`);
      begun = true;
    },
    end: (result) => write(`${begun ? '\n' : '{"found": ['}], "summary": ${JSON.stringify(result)}}\n`),
  };
}
