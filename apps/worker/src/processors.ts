import { DeleteEncryptionKeyProcessor } from './processors/delete-encryption-key.processor.js';
import { HashLocationProcessor } from './processors/hash-location.processor.js';
import { DeleteImageDataProcessor } from './processors/delete-image-data.processor.js';
import { ImportImageProcessor } from './processors/import-image.processor.js';
import { RunTaskProcessor } from './processors/run-task.processor.js';

/** One for each job of `queues.ts`: a file in `processors/` and a line here. */
export const PROCESSORS = [DeleteImageDataProcessor, HashLocationProcessor, ImportImageProcessor, RunTaskProcessor, DeleteEncryptionKeyProcessor] as const;
