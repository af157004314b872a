export { created, fold, history, located, started, stored } from './image/image.fixture.js';
export { imageListContract, type ImageListDriver } from './read-model/image-list.contract.js';
export { taskListContract, type TaskListDriver } from './tasks/task-list.contract.js';
export { usageContract, type UsageUnderTest } from './usage/usage.contract.js';
