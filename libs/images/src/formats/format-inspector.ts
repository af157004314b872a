import { ByteWindows } from './byte-windows.js';
import { HEAD_LENGTH, INSPECTABLE, MARKS_LENGTH, TAIL_LENGTH, type FailedCheck, type FoundFormat, type ImageFormat, type Recogniser } from './found-format.js';
import { recogniseGpt } from './gpt.js';
import { recogniseIso } from './iso.js';
import { recogniseLuks } from './luks.js';
import { recogniseQcow2 } from './qcow2.js';
import { recogniseQed } from './qed.js';
import { recogniseVdi } from './vdi.js';
import { fixedVhd, recogniseVhd } from './vhd.js';
import { recogniseVhdx } from './vhdx.js';
import { recogniseVmdk } from './vmdk.js';

export interface Detected {
  readonly format: ImageFormat;
  /** Bytes of the disk inside; null where the data does not say. */
  readonly virtualSize: number | null;
  readonly failed: readonly FailedCheck[];
}

export interface Inspection {
  /** Bytes that were seen. */
  readonly size: number;
  /** The formats whose marks the data bears; none: it is raw. */
  readonly detected: readonly Detected[];
  /** A VHD of fixed size bears its mark at its end only, after data of any format. */
  readonly fixedVhd?: Detected;
}

/**
 * Finds out what a stream of bytes is, while it passes. It never throws, holds at most 256 KiB whatever the bytes say,
 * looks at each byte a bounded number of times, and its findings do not depend on the size of the chunks.
 */
export class FormatInspector {
  private readonly windows = new ByteWindows(TAIL_LENGTH);
  private readonly found: FoundFormat[] = [];
  private ended = false;

  /** `news` is called while data comes, once every mark but one at its end is known and whenever more of it was read. */
  constructor(vmdkAllowedTypes: readonly string[], news: (soFar: Inspection) => void = () => undefined) {
    const recognisers: readonly Recogniser[] = [
      recogniseQcow2, recogniseVhd, recogniseVhdx, recogniseVmdk(vmdkAllowedTypes), recogniseVdi, recogniseIso, recogniseGpt, recogniseLuks, recogniseQed,
    ];
    const want = (start: number, length: number, then: (bytes: Buffer) => void) =>
      this.windows.want(start, length, (bytes) => {
        then(bytes);
        if (!this.ended && this.windows.at > MARKS_LENGTH) news(this.soFar());
      });
    const image = { want, found: (format: FoundFormat) => void this.found.push(format) };
    want(0, HEAD_LENGTH, (head) => {
      for (const recognise of recognisers) recognise(head, image);
    });
    want(MARKS_LENGTH, 1, () => undefined);
  }

  feed(chunk: Buffer): void {
    this.windows.feed(chunk);
  }

  finish(): Inspection {
    this.ended = true;
    const tail = this.windows.end();
    const size = this.windows.at;
    for (const format of this.found) {
      format.atEnd(size, tail);
      if (size < HEAD_LENGTH && format.failed.length === 0) format.fail('header', 'it ends within its header');
    }
    return { ...this.soFar(), fixedVhd: fixedVhd(size, tail) };
  }

  /** Bytes in memory now. */
  get held(): number {
    return this.windows.held;
  }

  private soFar(): Inspection {
    const order = (one: FoundFormat) => INSPECTABLE.indexOf(one.format);
    return { size: this.windows.at, detected: this.found.toSorted((a, b) => order(a) - order(b)) };
  }
}
