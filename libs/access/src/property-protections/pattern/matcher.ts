import { BadPattern, type CharTest, type Pattern } from './pattern.js';

/** States that a pattern may have; each may be visited once for each character of a name. */
const MAX_STATES = 5_000;

type State =
  | { readonly kind: 'char'; readonly test: CharTest; readonly next: number }
  | { readonly kind: 'test'; readonly holds: (run: Run, at: number) => boolean; readonly next: number }
  | { readonly kind: 'fork'; readonly next: number[] }
  | { readonly kind: 'match' };

interface Run {
  readonly text: readonly string[];
  /** What lookarounds found already, by place: 1 yes, 2 no. */
  readonly found: Map<Matcher, Uint8Array>;
}

const MATCH = 0;

/**
 * Follows all ways through a pattern at once, so the time grows with the length of the text times that of the pattern and
 * never with the number of ways: whatever the operator writes and whatever the client names.
 */
export class Matcher {
  private readonly states: State[] = [{ kind: 'match' }];
  private readonly start: number;
  /** A lookaround that is repeated is one. */
  private readonly looks = new Map<Pattern, Matcher>();

  /** Fails with `BadPattern` where the pattern is too large. */
  constructor(pattern: Pattern) {
    this.start = this.compile(pattern, MATCH);
  }

  /** Whether any part of the text matches. */
  search(text: string): boolean {
    return this.run({ text: Array.from(text), found: new Map() }, 0, true);
  }

  private matchesAt(run: Run, at: number): boolean {
    let found = run.found.get(this);
    if (!found) run.found.set(this, (found = new Uint8Array(run.text.length + 1)));
    if (found[at] === 0) found[at] = this.run(run, at, false) ? 1 : 2;
    return found[at] === 1;
  }

  private run(run: Run, from: number, anywhere: boolean): boolean {
    let current: number[] = [];
    for (let at = from; at <= run.text.length; at += 1) {
      const starts = anywhere || at === from ? [this.start, ...current] : current;
      const reached = this.closure(run, starts, at);
      if (!reached) return true;
      const char = run.text[at];
      current = char === undefined ? [] : reached.flatMap(({ test, next }) => (test(char) ? [next] : []));
      if (current.length === 0 && !anywhere) return false;
    }
    return false;
  }

  /** The states that wait for a character; undefined: it matched. */
  private closure(run: Run, starts: readonly number[], at: number): (State & { kind: 'char' })[] | undefined {
    const seen = new Set<number>();
    const waiting: (State & { kind: 'char' })[] = [];
    const open = [...starts];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const state = this.states[index];
      if (seen.has(index) || !state) continue;
      seen.add(index);
      if (state.kind === 'match') return undefined;
      if (state.kind === 'char') waiting.push(state);
      else if (state.kind === 'fork') open.push(...state.next);
      else if (state.holds(run, at)) open.push(state.next);
    }
    return waiting;
  }

  /** The state that begins the pattern and goes on to `next`. */
  private compile(pattern: Pattern, next: number): number {
    switch (pattern.kind) {
      case 'char':
        return this.add({ kind: 'char', test: pattern.test, next });
      case 'place':
        return this.add({ kind: 'test', holds: ({ text }, at) => pattern.test(text, at), next });
      case 'sequence':
        return this.add({ kind: 'fork', next: [pattern.parts.reduceRight((after, part) => this.compile(part, after), next)] });
      case 'choice':
        return this.add({ kind: 'fork', next: pattern.branches.map((branch) => this.compile(branch, next)) });
      case 'repeat':
        return this.repeat(pattern, next);
      case 'look':
        return this.look(pattern, next);
    }
  }

  private repeat({ body, min, max }: Pattern & { kind: 'repeat' }, next: number): number {
    let begin = next;
    if (max === Number.POSITIVE_INFINITY) {
      const ways: number[] = [];
      begin = this.add({ kind: 'fork', next: ways });
      ways.push(this.compile(body, begin), next);
    } else {
      for (let optional = min; optional < max; optional += 1) begin = this.add({ kind: 'fork', next: [this.compile(body, begin), next] });
    }
    for (let required = 0; required < min; required += 1) begin = this.compile(body, begin);
    return begin;
  }

  private look({ body, negated, back }: Pattern & { kind: 'look' }, next: number): number {
    const inner = this.looks.get(body) ?? new Matcher(body);
    this.looks.set(body, inner);
    const holds = (run: Run, at: number): boolean => (at >= back && inner.matchesAt(run, at - back)) !== negated;
    return this.add({ kind: 'test', holds, next });
  }

  private add(state: State): number {
    if (this.states.length > MAX_STATES) throw new BadPattern('it is too large: fewer repetitions are needed', 1);
    return this.states.push(state) - 1;
  }
}
