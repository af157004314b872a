import { credentialsOfPrincipal, EffectivePolicy, type Decision, type PolicyCredentials, type PolicyTarget, type Principal } from '#access';
import type { ConfigOptions } from './config-options.js';
import { policyOptions, warn } from './policy-options.js';

type Json = Readonly<Record<string, unknown>>;

export interface CheckOptions {
  readonly rule: readonly string[];
  readonly target?: Json;
  readonly targetFile?: Json;
  /** The token of `--access`. */
  readonly access?: Json;
  readonly roles?: readonly string[];
  readonly user?: string;
  readonly project?: string;
  readonly system?: boolean;
  readonly json?: boolean;
}

/** Prints what the rules say; answers whether the caller passes all of them. */
export function checkPolicy(options: ConfigOptions & CheckOptions): boolean {
  const policy = EffectivePolicy.load(policyOptions(options), warn);
  const asked = options.access ? credentialsOfToken(options.access) : credentialsOf(options);
  const caller = { ...asked, is_admin: policy.decide('context_is_admin', asked, {}) === 'passed' };
  const target = targetOf(options.target ?? options.targetFile, caller);
  const decisions = options.rule.map((rule) => ({ rule, decision: policy.decide(rule, caller, target) }));
  for (const { rule, decision } of decisions) {
    if (!policy.rules.has(rule)) warn(`there is no rule ${rule}: the default rule stands for it`);
    if (decision === 'foreign scope') warn(`${rule} is for projects, the caller's token is not ([oslo_policy] enforce_scope)`);
  }
  process.stdout.write(options.json ? asJson(decisions) : decisions.map(({ rule, decision }) => `${wordOf(decision)}: ${rule}\n`).join(''));
  return decisions.every(({ decision }) => decision === 'passed');
}

const wordOf = (decision: Decision): 'passed' | 'failed' => (decision === 'passed' ? 'passed' : 'failed');

const asJson = (decisions: readonly { rule: string; decision: Decision }[]): string =>
  `${JSON.stringify(Object.fromEntries(decisions.map(({ rule, decision }) => [rule, wordOf(decision)])), null, 2)}\n`;

function credentialsOf({ user, project, roles = [], system }: CheckOptions, domains: Pick<Principal, 'userDomain' | 'projectDomain' | 'domain'> = {}): PolicyCredentials {
  return credentialsOfPrincipal({ user: user ?? null, project: project ?? null, roles, admin: false, service: null, ...domains, ...(system ? { systemScope: 'all' } : {}) });
}

/** All of the token, and the names that services know its parts by. */
function credentialsOfToken(token: Json): PolicyCredentials {
  const id = (of: unknown): string | undefined => textOf(fieldsOf(of)['id']);
  const domainOf = (of: unknown): string | undefined => id(fieldsOf(of)['domain']);
  const roles = Array.isArray(token['roles']) ? token['roles'].flatMap((role) => textOf(fieldsOf(role)['name']) ?? []) : [];
  const { user, project, domain, system } = token;
  const caller = { rule: [], roles, user: id(user), project: id(project), system: Boolean(system) };
  return { ...token, ...credentialsOf(caller, { userDomain: domainOf(user), projectDomain: domainOf(project), domain: id(domain) }), user };
}

/** As the service would ask: an owner is the project as well. Nested fields are named with dots. */
function targetOf(given: Json | undefined, { user_id: user, project_id: project }: PolicyCredentials): PolicyTarget {
  if (!given) return { user_id: user, project_id: project, owner: project };
  const target = flat(given);
  const owner = target['owner'] ?? target['project_id'];
  return owner === undefined ? target : { owner, project_id: owner, ...target };
}

function flat(value: Json, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).flatMap(([key, below]) => {
    const nested = typeof below === 'object' && below !== null && !Array.isArray(below);
    return nested ? Object.entries(flat(below as Json, `${prefix}${key}.`)) : [[`${prefix}${key}`, below]];
  }));
}

const fieldsOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
