import type { MemberStatus } from '#images';
import { InvalidValue, MalformedBody } from '../http/api.errors.js';
import type { JsonBodyValue } from '../http/body.js';

/** What a project's id may have, in characters. */
const LONGEST = 255;
const STATUSES: readonly unknown[] = ['pending', 'accepted', 'rejected'] satisfies MemberStatus[];

/** `{"member": "<project>"}`; other keys mean nothing. */
export function parseNewMember(body: JsonBodyValue): string {
  const member = valueOf(body, 'member');
  if (typeof member !== 'string') throw new InvalidValue('Member has to be the id of a project.');
  if (member === '') throw new InvalidValue("Member can't be empty");
  if (Array.from(member).length > LONGEST) throw new InvalidValue(`Member has more than ${LONGEST} characters.`);
  return member;
}

/** `{"status": "pending" | "accepted" | "rejected"}` */
export function parseMemberStatus(body: JsonBodyValue): MemberStatus {
  const status = valueOf(body, 'status');
  if (!STATUSES.includes(status)) throw new InvalidValue('Status must be "pending", "accepted" or "rejected".');
  return status as MemberStatus;
}

function valueOf(body: JsonBodyValue, key: 'member' | 'status'): unknown {
  if (Array.isArray(body)) throw new MalformedBody(`Expected a ${key} in the form: {"${key}": "…"}`);
  if (!Object.hasOwn(body, key)) throw new InvalidValue(`${key === 'member' ? 'Member to be added' : 'Status'} not specified`);
  return (body as Readonly<Record<string, unknown>>)[key];
}
