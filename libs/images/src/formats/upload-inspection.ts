import { FormatInspector, type Inspection } from './format-inspector.js';
import { isInspected, judgeFormat, type DeclaredFormat, type FormatOptions, type Verdict } from './judge-format.js';

/**
 * Judges one image's data while it passes: `feed` throws what `judgeFormat` throws as soon as no further byte can
 * change that, `end` for the rest.
 */
export class UploadInspection {
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

  end(): Verdict {
    return judgeFormat(this.declared, this.inspector?.finish() ?? { size: 0, detected: [] }, this.options);
  }

  /** Data that is to be a VHD may be one of fixed size, which shows at its end. */
  private refuseEarly(soFar: Inspection): void {
    const open = this.declared.diskFormat === 'vhd' && soFar.detected.every(({ format }) => format === 'gpt');
    if (!open) judgeFormat(this.declared, soFar, this.options);
  }
}
