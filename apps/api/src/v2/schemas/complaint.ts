import type { ErrorObject } from 'ajv';

/** What is wrong, in the words that clients know from the peer. */
export function complaint(error: ErrorObject): string {
  const path = error.instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const at = path.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `['${part}']`)).join('');
  return `${reason(error)}${at === '' ? '' : `\n\nOn instance${at}:\n    ${shown(error.data)}`}`;
}

function reason({ keyword, params, data, schema }: ErrorObject): string {
  switch (keyword) {
    case 'type': return `${shown(data)} is not of type ${[schema].flat().map(shown).join(', ')}`;
    case 'enum': return `${shown(data)} is not one of [${[schema].flat().map(shown).join(', ')}]`;
    case 'maxLength': return `${shown(data)} is too long`;
    case 'minLength': return `${shown(data)} is too short`;
    case 'minimum': return `${shown(data)} is less than the minimum of ${shown(schema)}`;
    case 'uniqueItems': return `${shown(data)} has non-unique elements`;
    case 'pattern': return `${shown(data)} does not match ${shown(schema)}`;
    case 'additionalProperties': return `Additional properties are not allowed (${shown(params['additionalProperty'])} was unexpected)`;
    case 'required': return `${shown(params['missingProperty'])} is a required property`;
    default: return `${shown(data)} fails '${keyword}'`;
  }
}

const LONGEST_VALUE = 120;

function shown(value: unknown): string {
  if (value === null) return 'None';
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
