import type { LegacyFinding } from './finding.js';
import type { ImportResult } from './result.js';

/** Written as it comes: a report may be longer than memory. */
export interface Report {
  add(finding: LegacyFinding): void;
  end(result: ImportResult): void;
}

type Write = (text: string) => void;

/** Nothing that is not a sign to print reaches the terminal. */
const printed = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

const line = (kind: string, what: string, detail: string): string => `${printed(kind).padEnd(10)}  ${printed(what).padEnd(36)}  ${printed(detail)}\n`;

export function textReport(write: Write, from: string, dryRun: boolean): Report {
  let begun = false;
  return {
    add: ({ kind, what, detail }) => {
      if (!begun) write(line('FOUND', 'IMAGE', 'DETAIL'));
      begun = true;
      write(line(kind, what, detail));
    },
    end: (result) => write(`${begun ? '\n' : ''}${summary(result, from, dryRun)}`),
  };
}

function summary({ images, locations, members, namespaces, resourceTypes, tasks }: ImportResult, from: string, dryRun: boolean): string {
  const statuses = Object.entries(images.byStatus).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([status, count]) => `${count} ${status}`);
  const verb = dryRun ? 'would be imported' : 'imported';
  return [
    printed(from),
    `  images       ${images.read} read: ${images.imported} ${verb}${statuses.length > 0 ? ` (${statuses.join(', ')})` : ''}, ${images.present} here already, ${images.left} left`,
    `  with them    ${locations} location(s), ${members} member(s)`,
    `  definitions  ${namespaces.read} namespace(s) read: ${namespaces.imported} ${verb}, ${namespaces.present} here already, ${namespaces.kept} of that name kept; ${resourceTypes} resource type(s) ${verb}`,
    `  tasks        ${tasks} in the old database; they are not taken over`,
    ...(dryRun ? ['Nothing was changed: this was a dry run.'] : []),
    ...(images.left > 0 ? ["Some images were left: see what 'left' says above, put it right and run this again; what is here already is not imported twice."] : []),
    '',
  ].join('\n');
}

/** One document: `{"found": [...], "summary": {...}}`. */
export function jsonReport(write: Write, from: string, dryRun: boolean): Report {
  let begun = false;
  return {
    add: (finding) => {
      write(`${begun ? ',' : '{"found": ['}\n  ${JSON.stringify(finding)}`);
      begun = true;
    },
    end: (result) => write(`${begun ? '\n' : '{"found": ['}], "summary": ${JSON.stringify({ from, dryRun, ...result })}}\n`),
  };
}
