/** A policy file cannot be used; at the start it stops, later what the files said before holds on. */
export class BadPolicyFile extends Error {
  readonly code = 'BadPolicyFile';
  /** `line` and `column` count from 1. */
  constructor(readonly file: string, readonly reason: string, readonly at?: { readonly line: number; readonly column: number }, readonly rule?: string) {
    super(`policy file ${file}${at === undefined ? '' : `:${at.line}:${at.column}`}: ${rule === undefined ? '' : `rule ${rule}: `}${reason}`);
  }
}
