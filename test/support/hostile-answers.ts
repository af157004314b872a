import { methodsOfV1 } from '../../apps/api/src/v1/routes.js';
import { methodsOfV2 } from '../../apps/api/src/v2/routes.js';
import type { Answer } from './answer-reader.js';
import { ACCEPTS } from './hostile-headers.js';
import { SECRETS } from './hostile-values.js';
import { FOLLOWING_ID, type Exchange, type RawRequest } from './raw-http.js';

const OWN_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']);

/** Everything that holds for an answer whatever the request was; fails with what does not. */
export function judge(request: RawRequest, { answer, next }: Exchange): void {
  if (!answer) return;
  const wrong = complaints(request, answer);
  if (next && (next.status !== 200 || next.headers.get('x-openstack-request-id') !== `req-${FOLLOWING_ID}`)) {
    wrong.push(`the next request on the connection got ${shown(next)}`);
  }
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}\nThe answer: ${shown(answer)}`);
}

function complaints(request: RawRequest, answer: Answer): string[] {
  const wrong: string[] = [];
  if (answer.status >= 500 && !mayBeUnimplemented(request, answer)) wrong.push(`${answer.status} for bad input`);
  if (answer.headers.has('injected')) wrong.push('a header of the client in the answer');
  if (answer.status >= 400 && request.method !== 'HEAD') wrong.push(...shapeOf(request, answer));
  if (answer.status >= 400 && answer.body.includes(SECRETS.password)) wrong.push('a password in an error');
  if (answer.status === 206 && lengthOfRange(answer) !== answer.body.length) wrong.push('other bytes than announced');
  wrong.push(...requestIdOf(request, answer));
  return wrong;
}

function lengthOfRange({ headers }: Answer): number {
  const [, first, last] = /^bytes (\d+)-(\d+)\/\d+$/.exec(headers.get('content-range') ?? '') ?? [];
  return Number(last) - Number(first) + 1;
}

/** §1: a method that nobody has, on no path of ours. */
function mayBeUnimplemented({ method, target }: RawRequest, { status }: Answer): boolean {
  return status === 501 && !OWN_METHODS.has(method) && [methodsOfV1, methodsOfV2].every((methodsOf) => methodsOf((target.split('?', 1)[0] ?? '').replace(/%2f/gi, '/')) === undefined);
}

function valuesOf({ headers }: RawRequest, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** images-v2 §1.1 */
function shapeOf(request: RawRequest, answer: Answer): string[] {
  const title = `${answer.status} ${answer.reason}`;
  const type = answer.headers.get('content-type')?.split(';')[0] ?? 'none';
  const text = answer.body.toString();
  const accepts = valuesOf(request, 'accept');
  const [accepted = ''] = accepts;
  const known = Object.hasOwn(ACCEPTS, accepted) ? ACCEPTS[accepted] : undefined;
  const expected = accepts.length === 0 ? 'text/plain' : accepts.length === 1 ? known : undefined;
  const parsed = !unparsed(answer);
  return [
    ...(parsed && expected !== undefined && expected !== type ? [`${type} instead of ${expected}`] : []),
    ...(fits(type, title, text) ? [] : [`a ${type} that is not the error's`]),
  ];
}

function fits(type: string, title: string, text: string): boolean {
  switch (type) {
    case 'text/plain': return text.startsWith(`${title}\n\n`);
    case 'text/html': return text.includes(`<title>${title}</title>`) && !/<script|<!--\[/i.test(text);
    case 'application/json': {
      const { code, title: short, message } = JSON.parse(text) as Record<string, unknown>;
      return code === title && title.endsWith(` ${String(short)}`) && typeof message === 'string';
    }
    default: return false;
  }
}

/** What the parser refused reached no layer that could know more of it. */
const unparsed = ({ headers }: Answer): boolean => headers.get('connection') === 'close' && !headers.has('date');

function requestIdOf(request: RawRequest, answer: Answer): string[] {
  const got = answer.headers.get('x-openstack-request-id');
  if (got === undefined) return isOfTheApi(request) && !unparsed(answer) ? ['no request id'] : [];
  if (answer.status === 300) return ['a request id for the versions'];
  const [id, ...more] = valuesOf(request, 'x-openstack-request-id');
  const sent = id?.trim() ?? '';
  if (more.length > 0 || sent.length > 64 || !/^[ -~]+$/.test(sent)) return got.startsWith('req-') ? [] : [`the request id ${got}`];
  return got === (sent.startsWith('req-') ? sent : `req-${sent}`) ? [] : [`the request id ${got} for ${sent}`];
}

/** Surely: some others are, too. */
const isOfTheApi = (request: RawRequest): boolean =>
  /^\/v2\/\w/.test(request.target) && !valuesOf(request, 'accept').some((type) => type.startsWith('application/vnd.openstack'));

const LONGEST = 600;

export function shown({ status, reason, headers, body }: Answer): string {
  return `${status} ${reason} ${JSON.stringify(Object.fromEntries(headers))} ${body.subarray(0, LONGEST).toString()}`;
}
