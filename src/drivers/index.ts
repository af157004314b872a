export type { InlineProjection, ProjectionTarget, StateChange, EventStore, LogFilter, LogPage, ReadLog, ReadStream, StreamHead, SealedEvent, StoredEvent, LoggedEvent } from '#event-store';
export { chainOf, EMPTY_STREAM, GENESIS, link, RevisionConflict } from '#event-store';
export {
  changedImageTasks, changedTasks, compareImages, eachMeasure, factsOf, GONE, imageMemberRows, IMAGE_STREAMS, imageIdOf, isExpired, isPurged, listTasks, MarkerNotFound, matchesImage, maySeeImage, membershipOf, NO_USAGE, openWorkOf, percentageOf,
  rowAfter, rowBefore, seesTask, SORT_KEYS, sortValue, TASK_FILTER_KEYS, TASK_SORT_KEYS, TASK_STREAMS, taskValue, UNLISTED, usageChanges, MEASURES,
  type Answer, type Asked, type DueForScrub, type Image, type ImageFilters, type ImageList, type ImageMemberRow, type ImageQuery, type ImageRow, type ImageState, type ImportProgress, type Limited,
  type OwnerUsage, type Sort, type StoreProgress, type Task, type TaskList, type TaskQuery, type TaskState, type Usage, type UsageChange, type Viewer,
} from '#images';
export {
  isSpareName, listNamespaces, maySee as maySeeNamespace, METADEFS_STREAMS, NAMESPACE_SORT_KEYS, namespaceRow, RESOURCE_TYPES_STREAM, resourceTypesRow, shownNamespaces, spareName,
  type MetadefCatalog, type MetadefsState, type Namespace, type NamespaceContent, type NamespaceQuery, type NamespaceRow, type ResourceType, type ResourceTypesRow,
} from '#metadefs';
export { memoryReadModels } from './memory-read-models.js';
export type { ReadModelDriver, ReadModelModule, ReadModelOptions } from './read-model-driver.js';
