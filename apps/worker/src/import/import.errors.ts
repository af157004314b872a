/** A plugin cannot do its work with this data; the text is what the task says. */
export class ImportPluginFailed extends Error {
  readonly code = 'ImportPluginFailed';
  constructor(readonly plugin: string, why: string, cause?: unknown) {
    super(`${plugin}: ${why}`, { cause });
  }
}
