import type { MemberStatus } from '#images';
import { InvalidValue, MalformedBody } from '../http/api.errors.js';
import type { JsonBodyValue } from '../http/body.js';

/** What a project's id may have, in characters. */
const LONGEST = 255;
const STATUSES: readonly unknown[] = ['pending', 'accepted', 'rejected'] satisfies MemberStatus[];

/** `{"member": "<project>"}`, as ever, or `{"members": ["<project>", …]}`, which is ours; other keys mean nothing. */
export function parseNewMembers(body: JsonBodyValue): { readonly one: string } | { readonly several: readonly string[] } {
  if (Array.isArray(body) || Object.hasOwn(body, 'member') || !Object.hasOwn(body, 'members')) return { one: checked(valueOf(body, 'member')) };
  const { members } = body as { readonly members: unknown };
  if (!Array.isArray(members) || members.length === 0) throw new InvalidValue('Members has to be a list of ids of projects, with at least one.');
  return { several: members.map(checked) };
}

function checked(member: unknown): string {
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
