import { FormatInspector, type Inspection } from './format-inspector.js';
import { isInspected, judgeFormat, NO_VERDICT, type DeclaredFormat, type FormatOptions, type Verdict } from './judge-format.js';

/**
 * Judges one image's data while it passes: `feed` throws what `judgeFormat` throws as soon as no further byte can
 * change that, `end` for the rest.
 */
export class UploadInspection {
  /** What `end` found. */
  verdict: Verdict = NO_VERDICT;
  private readonly inspector: FormatInspector | undefined;

  constructor(
    private readonly declared: DeclaredFormat,
    private readonly options: FormatOptions,
  ) {
    if (isInspected(declared)) this.inspector = new FormatInspector(options.vmdkAllowedTypes, (soFar) => this.refuseEarly(soFar));
  }

  readonly feed = (chunk: Buffer): void => {
    this.inspector?.feed(chunk);
  };

  readonly end = (): void => {
    if (this.inspector) this.verdict = judgeFormat(this.declared, this.inspector.finish(), this.options);
  };

  /** Data that is to be a VHD may be one of fixed size, which shows at its end. */
  private refuseEarly(soFar: Inspection): void {
    const open = this.declared.diskFormat === 'vhd' && soFar.detected.every(({ format }) => format === 'gpt');
    if (!open) judgeFormat(this.declared, soFar, this.options);
  }
}
