import { DeleteEncryptionKeyProcessor } from './processors/delete-encryption-key.processor.js';
import { HashLocationProcessor } from './processors/hash-location.processor.js';
import { CleanCacheProcessor } from './processors/clean-cache.processor.js';
import { DeleteImageDataProcessor } from './processors/delete-image-data.processor.js';
import { ImportImageProcessor } from './processors/import-image.processor.js';
import { PrefetchImageProcessor } from './processors/prefetch-image.processor.js';
import { PruneCacheProcessor } from './processors/prune-cache.processor.js';
import { RunTaskProcessor } from './processors/run-task.processor.js';

/** One for each job of `queues.ts`: a file in `processors/` and a line here. */
export const PROCESSORS = [DeleteImageDataProcessor, HashLocationProcessor, ImportImageProcessor, RunTaskProcessor, DeleteEncryptionKeyProcessor, PrefetchImageProcessor, PruneCacheProcessor, CleanCacheProcessor] as const;
