import type { MemoryWrite, StateChange } from '#event-store';
import type { ImageState } from '../image/image.state.js';
import { imageListContract } from './image-list.contract.js';
import { MemoryImageList, memoryImageProjection } from './image-list.memory.js';

imageListContract('memory', async () => {
  let list = new MemoryImageList();
  return {
    get list() {
      return list;
    },
    project: async (change: StateChange<ImageState>) => memoryImageProjection(list).write(change).forEach((write: MemoryWrite) => write()),
    clear: async () => void (list = new MemoryImageList()),
    rows: async () => list.all(),
    close: async () => undefined,
  };
});
