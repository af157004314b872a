import { DeleteImageDataProcessor } from './processors/delete-image-data.processor.js';

/** One for each job of `queues.ts`: a file in `processors/` and a line here. */
export const PROCESSORS = [DeleteImageDataProcessor] as const;
