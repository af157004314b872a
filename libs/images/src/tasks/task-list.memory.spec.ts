import { MemoryImportProgress } from './import-progress.memory.js';
import { taskListContract } from './task-list.contract.js';
import { memoryImageTasksProjection, MemoryTaskList, memoryTaskProjection } from './task-list.memory.js';

taskListContract('memory', async () => {
  let list = new MemoryTaskList();
  let progress = new MemoryImportProgress(list.isOpen);
  return {
    get list() {
      return list;
    },
    get progress() {
      return progress;
    },
    project: async (change) => memoryTaskProjection(list).write(change).forEach((write) => write()),
    projectImage: async (change) => memoryImageTasksProjection(list).write(change).forEach((write) => write()),
    clear: async () => {
      list = new MemoryTaskList();
      progress = new MemoryImportProgress(list.isOpen);
    },
    close: async () => undefined,
  };
});
