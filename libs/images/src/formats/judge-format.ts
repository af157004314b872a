import { FormatMismatch, UnsafeImage } from '../image/image.errors.js';
import { INSPECTABLE, type FailedCheck } from './found-format.js';
import type { Detected, Inspection } from './format-inspector.js';

export interface FormatOptions {
  /** False: data of another format than the image's is taken, with a warning. What is unsafe is refused all the same. */
  readonly requireMatch: boolean;
  /** Create types, in any case; none: no VMDK. */
  readonly vmdkAllowedTypes: readonly string[];
  /** Names of checks that do not refuse a disk with a partition table. */
  readonly gptChecksNonfatal: readonly string[];
}

/** What an image says of its data. */
export interface DeclaredFormat {
  readonly diskFormat: string | null;
  readonly containerFormat: string | null;
}

export interface Verdict {
  /** Bytes; null where it is not known, or nothing. */
  readonly virtualSize: number | null;
  /** What the operator let pass. */
  readonly warnings: readonly string[];
}

/** Of data that is not inspected. */
export const NO_VERDICT: Verdict = { virtualSize: null, warnings: [] };

/** Only data without a container around it is inspected. */
export const isInspected = ({ containerFormat }: DeclaredFormat): boolean => containerFormat === 'bare';

/** Throws `FormatMismatch` or `UnsafeImage` where the data may not become the image's. No data at all contradicts nothing. */
export function judgeFormat(declared: DeclaredFormat, inspection: Inspection, options: FormatOptions): Verdict {
  if (!isInspected(declared) || inspection.size === 0) return NO_VERDICT;
  const diskFormat = declared.diskFormat ?? '';
  const detected = counted(diskFormat, inspection);
  if (detected === undefined || !accepts(diskFormat, detected)) return mismatch(diskFormat, detected ? [detected] : inspection.detected, inspection, options);
  const warnings = refuseUnsafe(detected, options);
  if (diskFormat === detected.format) return { virtualSize: detected.virtualSize || null, warnings };
  return { virtualSize: diskFormat === 'raw' ? inspection.size : null, warnings };
}

/**
 * The one format that the data counts as; undefined where it is several at once. Disks that boot from a medium have a
 * partition table before the ISO; a VHD of fixed size has one before its footer.
 */
function counted(diskFormat: string, { size, detected, fixedVhd }: Inspection): Detected | undefined {
  const formats = detected.map(({ format }) => format).join(' ');
  if (diskFormat === 'vhd' && fixedVhd && (formats === '' || formats === 'gpt')) return fixedVhd;
  if (formats === '') return { format: 'raw', virtualSize: size, failed: [] };
  if (formats === 'iso gpt') return detected[0];
  return detected.length === 1 ? detected[0] : undefined;
}

function accepts(diskFormat: string, { format }: Detected): boolean {
  return diskFormat === format || diskFormat === 'raw' || (format === 'raw' && !INSPECTABLE.some((one) => one === diskFormat));
}

/** The mark of a partition table is two bytes: where it is not what counts, what follows it proves nothing. */
function mismatch(diskFormat: string, named: readonly Detected[], { detected }: Inspection, options: FormatOptions): Verdict {
  const refusal = new FormatMismatch(diskFormat, named.map(({ format }) => format));
  if (options.requireMatch) throw refusal;
  for (const one of detected) if (one.format !== 'gpt') refuseUnsafe(one, options);
  return { virtualSize: null, warnings: [refusal.message] };
}

/** Answers what was let pass. */
function refuseUnsafe({ format, failed }: Detected, { gptChecksNonfatal }: FormatOptions): string[] {
  const passes = ({ name }: FailedCheck) => format === 'gpt' && gptChecksNonfatal.includes(name);
  const fatal = failed.filter((check) => !passes(check));
  if (fatal.length > 0) throw new UnsafeImage(format, fatal);
  return failed.map(({ name, reason }) => `The ${format} image failed the safety check ${name}, which is not fatal here: ${reason}.`);
}
