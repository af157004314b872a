import { FoundFormat, type Recogniser } from './found-format.js';

/** QEMU docs/interop/qed_spec.txt. No hypervisor of OpenStack takes it: it is known only to be refused. */
export const recogniseQed: Recogniser = (head, image) => {
  if (head.readUInt32BE(0) !== 0x51454400) return;
  const found = new FoundFormat('qed');
  found.fail('banned', 'this format is not allowed');
  image.found(found);
};
