import { HashLocationProcessor } from './processors/hash-location.processor.js';
import { DeleteImageDataProcessor } from './processors/delete-image-data.processor.js';

/** One for each job of `queues.ts`: a file in `processors/` and a line here. */
export const PROCESSORS = [DeleteImageDataProcessor, HashLocationProcessor] as const;
