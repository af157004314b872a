import { STATUS_CODES } from 'node:http';
import { acceptable } from './accept.js';

/** Reason phrases that clients print, where Node's differ. */
const TITLES: Readonly<Record<number, string>> = {
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Request Range Not Satisfiable',
};

/** Their text is a fixed sentence, followed by less white space. */
const FIXED_SENTENCE: ReadonlySet<number> = new Set([405, 415, 501]);

/** Clients show the text to people; what they sent is repeated in it, but not without end. */
const LONGEST_MESSAGE = 4096;

export const titleOf = (status: number): string => TITLES[status] ?? STATUS_CODES[status] ?? 'Error';

export interface ErrorBody {
  readonly contentType: string;
  readonly body: string;
}

/** The body of an error as images-v2 §1.1 has it: text, HTML or JSON, whichever the client takes. */
export function errorBody(status: number, message: string, accept: string | undefined): ErrorBody {
  const title = titleOf(status);
  const code = `${status} ${title}`;
  const sentence = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  const after = FIXED_SENTENCE.has(status) ? '<br /><br />\n' : '<br /><br />\n\n\n';
  switch (acceptable(accept, ['text/html', 'application/json'])[0]) {
    case 'text/html':
      return { contentType: 'text/html; charset=UTF-8', body: page(code, escapeHtml(sentence) + after) };
    case 'application/json':
      return { contentType: 'application/json', body: json({ message: sentence + after, code, title }) };
    default:
      return { contentType: 'text/plain; charset=UTF-8', body: `${code}\n\n${withoutTags(sentence + after)}` };
  }
}

const page = (code: string, body: string): string =>
  `<html>\n <head>\n  <title>${code}</title>\n </head>\n <body>\n  <h1>${code}</h1>\n  ${body}\n </body>\n</html>`;

/** Spaced as the peer spaces it, for those who compare text. */
function json(fields: Readonly<Record<string, string>>): string {
  const members = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{${members.join(', ')}}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;' };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

function withoutTags(html: string): string {
  return html
    .replaceAll('\n', ' ')
    .replaceAll('\r', '')
    .replace(/<br[^>]*>/gi, '\n')
    .replace(/<!--|-->/g, '')
    .replace(/<[^>]*>/g, '');
}
