import type { Principal } from '../principal.js';
import type { OperatorRule, PolicyRule } from './policy-rules.js';

/**
 * What a rule may look at beside the caller: the image's fields as the API names them with its custom properties, and
 * `project_id` (the owner), `visibility`, `member_id` (the caller's project, where it is a member of the image).
 */
export type PolicyTarget = Readonly<Record<string, unknown>>;

/** The rules that say who may do what (operations §2). An admin passes only where a rule says so. */
export interface Policy {
  /**
   * True: the rules as they were before secure RBAC (`[oslo_policy] enforce_new_defaults = False`). They let nearly
   * everybody pass, and services guard what is changed with "admin or owner" (images-v2 §5, "Legacy mode").
   */
  readonly legacy: boolean;
  /** A rule that is not defined is the rule `default`. */
  allows(rule: PolicyRule | OperatorRule, caller: Principal, target: PolicyTarget): boolean;
  /** Whether a file or a default says what that rule is. */
  defines(rule: PolicyRule | OperatorRule): boolean;
}

export const POLICY = Symbol('Policy');
