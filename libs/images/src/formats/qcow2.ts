import { FoundFormat, type Recogniser } from './found-format.js';

/** Dirty, corrupt, external data file (refused by its own check), compression type. */
const KNOWN_FEATURES = 0b1111n;
const DATA_FILE = 0b0100n;

/** QEMU docs/interop/qcow2.txt. A short header counts as filled up with zeros: so QEMU reads it. */
export const recogniseQcow2: Recogniser = (head, image) => {
  if (head.readUInt32BE(0) !== 0x514649fb) return;
  const found = new FoundFormat('qcow2');
  const version = head.readUInt32BE(4);
  const features = version === 2 ? 0n : head.readBigUInt64BE(72);
  if (head.readBigUInt64BE(8) !== 0n) found.fail('backing_file', 'it reads from a backing file');
  if ((features & DATA_FILE) !== 0n) found.fail('data_file', 'it keeps its data in another file');
  if (version !== 2 && version !== 3) found.fail('unknown_features', `its version ${version} is not supported`);
  else if ((features & ~KNOWN_FEATURES) !== 0n) found.fail('unknown_features', 'it needs features that are not known');
  found.setVirtualSize(head.readBigUInt64BE(24));
  image.found(found);
};
