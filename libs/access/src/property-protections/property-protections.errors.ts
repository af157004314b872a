/** The property protection file cannot be used; the start stops, rather than to serve with other rights than those asked for. */
export class BadPropertyProtections extends Error {
  readonly code = 'BadPropertyProtections';
  constructor(readonly file: string, readonly reason: string, readonly section?: string, readonly line?: number) {
    super(`property protections: ${file}${line === undefined ? '' : `:${line}`}: ${section === undefined ? '' : `section [${section}]: `}${reason}`);
  }
}
