import { FoundFormat, type Recogniser } from './found-format.js';

const MAGIC = Buffer.from('LUKS\xba\xbe', 'latin1');
const SECTOR = 512;

/** LUKS On-Disk Format Specification 1.2.3. The disk inside is what follows the header and the key slots. */
export const recogniseLuks: Recogniser = (head, image) => {
  if (!head.subarray(0, MAGIC.length).equals(MAGIC)) return;
  const payload = head.readUInt32BE(104) * SECTOR;
  const found = new FoundFormat('luks', (size) => {
    found.virtualSize = size > payload ? size - payload : null;
  });
  const version = head.readUInt16BE(6);
  if (version !== 1) found.fail('version', `LUKS version ${version} is not supported`);
  image.found(found);
};
