import type { Principal } from '../principal.js';
import { credentialsOfPrincipal } from './credentials.js';
import { EffectivePolicy, isForeign, type PolicyOptions } from './effective-policy.js';
import type { OperatorRule, PolicyRule } from './policy-rules.js';
import { BadPolicyFile } from './policy-file.errors.js';
import { lookFor, type Found } from './policy-places.js';
import type { Policy, PolicyTarget } from './policy.js';

export interface PolicyLog {
  log(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** Milliseconds between two looks at the files: not every question needs one. */
const LOOK_EVERY = 200;
/** A file that was changed so few milliseconds ago may still be written. */
const STILL_WRITTEN = 50;
/** Milliseconds that a file must be gone for: editors take it away and put it back. */
const REALLY_GONE = 1_000;

/** Rules that follow their files. What cannot be used is told once, and what the files said before holds on. */
export class WatchedPolicy implements Policy {
  private mark: string;
  private nextLook: number;
  private goneSince: number | undefined;
  private complaint = '';
  private readonly asked = new Set<string>();
  private readonly foreign = new Set<string>();

  constructor(private current: EffectivePolicy, private readonly options: PolicyOptions, private readonly log: PolicyLog) {
    this.mark = current.found.mark;
    this.nextLook = performance.now() + LOOK_EVERY;
  }

  get legacy(): boolean {
    return this.options.legacy;
  }

  allows(rule: PolicyRule | OperatorRule, caller: Principal, target: PolicyTarget): boolean {
    this.look();
    const credentials = credentialsOfPrincipal(caller);
    if (this.options.enforceScope === false && isForeign(rule, credentials)) this.tellScope(rule);
    return this.current.decide(rule, credentials, target) === 'passed';
  }

  defines(rule: PolicyRule | OperatorRule): boolean {
    this.asked.add(rule);
    return this.current.rules.has(rule);
  }

  /** To be called when everybody who asks for rules by name has begun to (`defines`). */
  tellUnused(): void {
    const unused = this.current.unused(this.asked);
    if (unused.length > 0) this.log.warn(`policy: rules that nothing asks for; mind the spelling: ${unused.map(({ name, origin }) => `${name} (${origin})`).join(', ')}`);
  }

  private look(): void {
    const { places } = this.options;
    const now = performance.now();
    if (!places || now < this.nextLook) return;
    this.nextLook = now + LOOK_EVERY;
    try {
      const found = lookFor(places);
      if (found.mark !== this.mark && this.settled(found, now)) this.reload(found);
    } catch (error) {
      this.complain(error instanceof Error ? error.message : String(error));
    }
  }

  private settled({ files, changedAt }: Found, now: number): boolean {
    const age = Date.now() - changedAt;
    if (age >= 0 && age < STILL_WRITTEN) return false;
    const gone = this.current.found.files.some((file) => !files.includes(file));
    this.goneSince = gone ? (this.goneSince ?? now) : undefined;
    return this.goneSince === undefined || now - this.goneSince >= REALLY_GONE;
  }

  /** Fails where what is there cannot be used; that is tried again only when it has changed, or could not even be read. */
  private reload({ mark }: Found): void {
    try {
      this.current = EffectivePolicy.load(this.options, (text) => this.log.warn(text));
    } catch (error) {
      if (!(error instanceof BadPolicyFile && error.at === undefined)) this.mark = mark;
      throw error;
    }
    this.mark = this.current.found.mark;
    this.goneSince = undefined;
    this.complaint = '';
    const { files } = this.current.found;
    this.log.log(files.length > 0 ? `policy: read anew: ${files.join(', ')}` : 'policy: its files are gone: the defaults hold');
    this.tellUnused();
  }

  private complain(reason: string): void {
    if (reason !== this.complaint) this.log.error(`${reason}; the rules stay as they were`);
    this.complaint = reason;
  }

  private tellScope(rule: string): void {
    if (this.foreign.has(rule)) return;
    this.foreign.add(rule);
    this.log.warn(`policy: the rule ${rule} is for projects, but was asked about a token for the whole system or a domain; with [oslo_policy] enforce_scope = True it would be refused`);
  }
}
