import fc from 'fast-check';
import { SetActivation } from './activation.js';
import { ChangeImage } from './change-image.js';
import { CreateImage } from './create-image.js';
import { DeleteImage, PurgeImageData } from './delete-image.js';
import type { ImageCommand } from './image-command.js';
import { FailImport, FinishImport, FinishStaging, RequestImport, StartImport, StoreImported } from './import-data.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, EPOCH, IMAGE_ID, IMPORT, LOCATION_TOOLS, NEW_IMAGE, NO_QUOTAS, placed, SITE, STORED, TASK } from './image.fixture.js';
import { imageOf, type ImageStatus } from './image.js';
import { NO_IMAGE, type ImageState } from './image.state.js';
import { RestoreImage } from './restore-image.js';
import { mayBecome } from './status-machine.js';
import { FailUpload, FinishUpload, StartUpload } from './upload-data.js';

const { home: _home, ...NEW } = NEW_IMAGE;
const LOCATION = { store: 'http', url: 'http://a', metadata: {}, size: 9 };
const attempt = { uploadId: 'u1', method: 'upload', store: 'main' } as const;

const { uploadId: _uploadId, ...HASHED } = STORED;
const DATA = { ...HASHED, diskFormat: 'iso', containerFormat: 'bare' };

const COMMANDS: Readonly<Record<string, ImageCommand>> = {
  start: new StartUpload(CONTEXT, IMAGE_ID, attempt),
  stage: new StartUpload(CONTEXT, IMAGE_ID, { ...attempt, uploadId: 'u2', method: 'stage' }),
  staged: new FinishStaging(CONTEXT, IMAGE_ID, { uploadId: 'u2', size: 9, store: 'staging', url: 'file:///s' }),
  unstage: new FailUpload(CONTEXT, IMAGE_ID, { uploadId: 'u2', reason: 'left', outcome: 'queued' }),
  import: new RequestImport(CONTEXT, IMAGE_ID, { ...IMPORT, method: 'glance-direct' }),
  download: new RequestImport(CONTEXT, IMAGE_ID, { ...IMPORT, taskId: 't2' }),
  copy: new RequestImport(CONTEXT, IMAGE_ID, { ...IMPORT, taskId: 't3', method: 'copy-image' }),
  take: new StartImport(CONTEXT, IMAGE_ID, TASK),
  imported: new StoreImported(CONTEXT, IMAGE_ID, TASK, { locationId: 'l2', store: 'main', url: 'file:///y', metadata: {} }, DATA),
  done: new FinishImport(CONTEXT, IMAGE_ID, { taskId: TASK, stores: ['main'] }, { data: DATA }),
  'download done': new FinishImport(CONTEXT, IMAGE_ID, { taskId: 't2', stores: ['main'] }, { data: DATA }),
  undone: new FailImport(CONTEXT, IMAGE_ID, { taskId: TASK, reason: 'full', perStore: {} }),
  'download undone': new FailImport(CONTEXT, IMAGE_ID, { taskId: 't2', reason: 'full', perStore: {} }),
  'copy undone': new FailImport(CONTEXT, IMAGE_ID, { taskId: 't3', reason: 'full', perStore: {} }),
  finish: new FinishUpload(CONTEXT, IMAGE_ID, STORED, { locationId: 'l1', store: 'main', url: 'file:///x', metadata: {} }),
  fail: new FailUpload(CONTEXT, IMAGE_ID, { uploadId: 'u1', reason: 'left', outcome: 'queued' }),
  kill: new FailUpload(CONTEXT, IMAGE_ID, { uploadId: 'u1', reason: 'left', outcome: 'killed' }),
  locate: new ChangeImage(CONTEXT, IMAGE_ID, [{ kind: 'location', op: 'add', location: LOCATION }], NO_QUOTAS, LOCATION_TOOLS),
  deactivate: new SetActivation(CONTEXT, IMAGE_ID, 'deactivated'),
  reactivate: new SetActivation(CONTEXT, IMAGE_ID, 'active'),
  delete: new DeleteImage(CONTEXT, IMAGE_ID),
  schedule: new DeleteImage(CONTEXT, IMAGE_ID, 60),
  purge: new PurgeImageData(CONTEXT, IMAGE_ID, ['l1', 'new']),
  restore: new RestoreImage(CONTEXT, IMAGE_ID),
};

/** Far from the beginning: chance alone seldom comes there. */
const DELETED = ['start', 'finish', 'deactivate', 'schedule'];

/** The state after a command; the same where it is refused. */
function after(command: ImageCommand, state: ImageState, n: number): ImageState {
  try {
    const events = imageDecider.decide(command, state, { at: new Date(EPOCH).toISOString() });
    return events.reduce((before, event, i) => imageDecider.evolve(before, placed(event, { n: n * 10 + i, ms: EPOCH + n * 10 + i })), state);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return state;
    throw error;
  }
}

const start = after(new CreateImage(CONTEXT, IMAGE_ID, NEW, SITE, NO_QUOTAS), NO_IMAGE, 0);
const statusOf = (state: ImageState): ImageStatus => imageOf(IMAGE_ID, state)?.status ?? 'queued';

describe('The status of an image', () => {
  it('goes only where the table lets it, whatever is asked in whatever order', () => {
    const seen = new Set<string>();
    fc.assert(fc.property(fc.constantFrom([], DELETED), fc.array(fc.constantFrom(...Object.keys(COMMANDS)), { maxLength: 16 }), (first, rest) => {
      const names = [...first, ...rest];
      let state = start;
      for (const [n, name] of names.entries()) {
        const next = after(COMMANDS[name] as ImageCommand, state, n + 1);
        const [from, to] = [statusOf(state), statusOf(next)];
        if (from !== to) {
          seen.add(`${from} ${to}`);
          expect(`${name}: ${from} ${to} ${mayBecome(from, to)}`).toBe(`${name}: ${from} ${to} true`);
        }
        state = next;
      }
    }), { numRuns: 4_000, seed: 4 });
    expect([...seen].toSorted()).toEqual([
      'active deactivated', 'active deleted', 'active pending_delete', 'deactivated active', 'deactivated deleted', 'deactivated pending_delete',
      'importing active', 'importing deleted', 'importing queued', 'killed deleted', 'pending_delete active', 'pending_delete deactivated', 'pending_delete deleted',
      'queued active', 'queued deleted', 'queued importing',
      'queued saving', 'queued uploading', 'saving active', 'saving deleted', 'saving killed', 'saving queued', 'uploading deleted', 'uploading importing', 'uploading queued',
    ]);
  });

  it('never goes from active to queued, nor from deleted anywhere', () => {
    const all: ImageStatus[] = ['queued', 'saving', 'uploading', 'importing', 'active', 'deactivated', 'killed', 'pending_delete', 'deleted'];
    expect(mayBecome('active', 'queued')).toBe(false);
    expect(all.filter((to) => mayBecome('deleted', to))).toEqual([]);
  });
});
