import { BadRule, parseRule, type ParsedRule } from './parse-rule.js';

/** A rule, and who says so. */
export interface DefinedRule {
  readonly name: string;
  /** In the rule language. */
  readonly text: string;
  readonly parsed: ParsedRule;
  /** `default`, `legacy default`, `an option of the configuration`, or `FILE:LINE`. */
  readonly origin: string;
  /** What is wrong with it, where: at a column of its text, from 1. */
  refusal(column: number, reason: string): Error;
}

/** One that no file holds. */
export const definedRule = (name: string, text: string, origin: string): DefinedRule => ({
  name, text, origin,
  parsed: parseRule(name, text),
  refusal: (column, reason) => new BadRule(name, column, reason),
});
