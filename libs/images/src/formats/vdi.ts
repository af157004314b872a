import { FoundFormat, type Recogniser } from './found-format.js';

const UNDO = 3;
const DIFFERENCING = 4;

/** VirtualBox's VDICore.h, version 1. */
export const recogniseVdi: Recogniser = (head, image) => {
  if (head.readUInt32LE(0x40) !== 0xbeda107f) return;
  const found = new FoundFormat('vdi');
  const type = head.readUInt32LE(0x4c);
  if (type === UNDO || type === DIFFERENCING) found.fail('backing_file', 'it is a differencing disk, which reads from a parent');
  found.setVirtualSize(head.readBigUInt64LE(0x170));
  image.found(found);
};
