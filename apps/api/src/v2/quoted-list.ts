import { InvalidValue } from '../http/api.errors.js';

/** Splits the value of an `in:` filter: commas separate, `"…"` holds commas, `\"` a quote inside it. */
export function splitQuoted(text: string): string[] {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    const [value, next] = text[at] === '"' ? quoted(text, at) : plain(text, at);
    values.push(value);
    if (next >= text.length) return values;
    if (text[next] !== ',') throw bad(text);
    at = next + 1;
  }
}

function plain(text: string, from: number): [string, number] {
  const comma = text.indexOf(',', from);
  const end = comma < 0 ? text.length : comma;
  const value = text.slice(from, end);
  if (value.includes('"')) throw bad(text);
  return [value, end];
}

function quoted(text: string, from: number): [string, number] {
  let value = '';
  for (let i = from + 1; i < text.length; i += 1) {
    if (text[i] === '\\' && text[i + 1] === '"') value += text[(i += 1)];
    else if (text[i] === '"') return [value, i + 1];
    else value += text[i];
  }
  throw bad(text);
}

const bad = (text: string) => new InvalidValue(`Invalid filter value ${text}. The quote is not closed or stands in the wrong place.`);
