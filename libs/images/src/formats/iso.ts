import { FoundFormat, type Recogniser } from './found-format.js';

/** The volume descriptors begin at sector 16. */
const DESCRIPTORS = 16 * 2048;
const PRIMARY = 1;

/** ECMA-119 and, for UDF, ECMA-167: pure UDF names itself in the second descriptor. */
export const recogniseIso: Recogniser = (_head, image) => {
  image.want(DESCRIPTORS, 2 * 2048, (descriptors) => {
    const [first, second] = [idOf(descriptors), idOf(descriptors.subarray(2048))];
    if (first !== 'CD001' && !isUdf(first) && !(first === 'BEA01' && isUdf(second))) return;
    const found = new FoundFormat('iso');
    if (first === 'CD001' && descriptors[0] === PRIMARY) {
      found.virtualSize = descriptors.readUInt32LE(80) * descriptors.readUInt16LE(128);
    }
    image.found(found);
  });
};

const idOf = (descriptor: Buffer): string => descriptor.toString('latin1', 1, 6);

const isUdf = (id: string): boolean => id === 'NSR02' || id === 'NSR03';
