import { FoundFormat, HEAD_LENGTH, type Recogniser } from './found-format.js';

const PARTITIONS = 446;
const PROTECTIVE = 0xee;

/** A partition table, GPT with its protective MBR or MBR alone: UEFI 2.10, chapter 5. */
export const recogniseGpt: Recogniser = (head, image) => {
  if (head.readUInt16LE(510) !== 0xaa55 || isFilesystem(head)) return;
  // Linux kernels bear the mark too: theirs is followed by their own.
  image.want(HEAD_LENGTH, 6, (next) => {
    if (next.toString('latin1', 2) === 'HdrS') return;
    const found = new FoundFormat('gpt', (size) => {
      found.virtualSize = size;
    });
    const fault = faultOf([0, 1, 2, 3].map((i) => head.subarray(PARTITIONS + 16 * i, PARTITIONS + 16 * (i + 1))));
    if (fault !== undefined) found.fail('mbr', fault);
    image.found(found);
  });
};

/** Volumes of FAT (two tables on a fixed disk), NTFS and exFAT bear the boot mark, but no partitions. */
function isFilesystem(head: Buffer): boolean {
  const oem = head.toString('latin1', 3, 11);
  return (head[0x10] === 2 && head[0x15] === 0xf8) || oem === 'NTFS    ' || oem === 'EXFAT   ';
}

function faultOf(entries: readonly Buffer[]): string | undefined {
  const used = entries.flatMap((entry, i) => (entry[4] === 0 ? [] : [i]));
  const protective = entries.filter((entry) => entry[4] === PROTECTIVE);
  if (entries.some(([boot]) => boot !== 0 && boot !== 0x80)) return 'its MBR has an invalid boot flag';
  if (used.length === 0) return 'its MBR defines no partition';
  if (protective.some((entry) => entry.readUIntBE(1, 3) !== 0x000200)) return 'the protective entry of its MBR starts at an invalid CHS';
  if (protective.some((entry) => entry.readUInt32LE(8) !== 1)) return 'the protective entry of its MBR starts at an invalid LBA';
  if (protective.length > 0 && (used.length > 1 || used[0] !== 0)) return 'its MBR defines partitions beside the protective entry';
  return undefined;
}
