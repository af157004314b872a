import { EncryptionKeyOpenWork } from './open-work/encryption-key.open-work.js';
import { HashOpenWork } from './open-work/hash.open-work.js';
import { ImportOpenWork } from './open-work/import.open-work.js';
import { PurgeOpenWork } from './open-work/purge.open-work.js';
import { TaskOpenWork } from './open-work/task.open-work.js';

/** Every kind of open work: each is a file in `open-work/` and a line here. */
export const OPEN_WORK = [PurgeOpenWork, HashOpenWork, ImportOpenWork, TaskOpenWork, EncryptionKeyOpenWork] as const;
