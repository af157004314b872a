/** Formats that are told apart by their content; every other `disk_format` is not inspectable. */
export const INSPECTABLE = ['raw', 'qcow2', 'vhd', 'vhdx', 'vmdk', 'vdi', 'iso', 'gpt', 'luks', 'qed'] as const;

export type ImageFormat = (typeof INSPECTABLE)[number];

/** A safety check that an image did not pass. */
export interface FailedCheck {
  /** Stable: operators name it in `gpt_safety_checks_nonfatal`. */
  readonly name: string;
  readonly reason: string;
}

/** A format whose marks the data bears, with what is known of it so far. */
export class FoundFormat {
  /** Bytes of the disk inside; null where the data does not say. */
  virtualSize: number | null = null;
  readonly failed: FailedCheck[] = [];

  /** `atEnd` is told the number of all bytes and the last of them. */
  constructor(
    readonly format: ImageFormat,
    readonly atEnd: (size: number, tail: Buffer) => void = () => undefined,
  ) {}

  fail(name: string, reason: string): void {
    this.failed.push({ name, reason });
  }

  /** A size from a field of the image's: it may be anything. */
  setVirtualSize(bytes: bigint): void {
    if (bytes <= BigInt(Number.MAX_SAFE_INTEGER)) this.virtualSize = Number(bytes);
    else this.fail('virtual_size', `its disk would have ${bytes} bytes, more than can be`);
  }
}

/** What a recogniser can ask of the stream. */
export interface ImageBytes {
  /** See `ByteWindows.want`. */
  want(start: number, length: number, whole: (bytes: Buffer) => void): boolean;
  found(format: FoundFormat): void;
}

/** Length of the head that every recogniser is given, filled up with zeros: one sector. */
export const HEAD_LENGTH = 512;

/** Every mark is known after so many bytes; details may stand anywhere. */
export const MARKS_LENGTH = HEAD_LENGTH + 64 * 1024;

/** Length of the tail that is told at the end: a VMDK's footer of three sectors. */
export const TAIL_LENGTH = 1536;

/** Called once with the first bytes. */
export type Recogniser = (head: Buffer, image: ImageBytes) => void;
