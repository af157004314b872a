import { SECOND_LANDING, type Decider, type Moment } from '#event-store';
import { FinishLocationImport, finishLocationImport, ImportLocation, importLocation } from './import-location.js';
import { AdoptImage, adoptImage } from './adopt-image.js';
import { SetActivation, setActivation } from './activation.js';
import { ChangeImage, changeImage } from './change-image.js';
import { CreateImage, createImage } from './create-image.js';
import { DeleteImage, deleteImage, PurgeImageData, purgeImageData } from './delete-image.js';
import { evolveImage } from './evolve-image.js';
import type { ImageCommand } from './image-command.js';
import { FailImport, failImport, FinishImport, finishImport, FinishStaging, finishStaging, RequestImport, requestImport, StartImport, startImport, StoreImported, storeImported } from './import-data.js';
import { IMAGE_EVENT_VERSIONS, type ImageEvent } from './image.events.js';
import { current, NO_IMAGE, type ImageState } from './image.state.js';
import { IMAGE_UPCASTS } from './image.upcasts.js';
import { PurgeRecord, purgeRecord } from './purge-record.js';
import { RestoreImage, restoreImage } from './restore-image.js';
import { SettleEncryptionKey, settleEncryptionKey } from './settle-encryption-key.js';
import { SetMembers, setMembers } from './set-members.js';
import { DecideMembership, decideMembership, ShareImage, shareImage, UnshareImage, unshareImage } from './share-image.js';
import { FailUpload, failUpload, FinishUpload, finishUpload, StartUpload, startUpload } from './upload-data.js';

type Decide = (state: ImageState, moment: Moment) => readonly ImageEvent[];
type CommandClass<C> = abstract new (...args: never[]) => C;

const decides = <C extends ImageCommand>(type: CommandClass<C>, decide: (command: C, state: ImageState, moment: Moment) => readonly ImageEvent[]) =>
  (command: ImageCommand): Decide | undefined => (command instanceof type ? (state, moment) => decide(command, state, moment) : undefined);

/** Every command on an image and the function that decides it. */
const DECISIONS = [
  decides(CreateImage, createImage),
  decides(ChangeImage, changeImage),
  decides(ShareImage, shareImage),
  decides(DecideMembership, decideMembership),
  decides(UnshareImage, unshareImage),
  decides(SetMembers, setMembers),
  decides(StartUpload, startUpload),
  decides(FinishUpload, finishUpload),
  decides(FailUpload, failUpload),
  decides(FinishStaging, finishStaging),
  decides(RequestImport, requestImport),
  decides(StartImport, startImport),
  decides(StoreImported, storeImported),
  decides(FinishImport, finishImport),
  decides(FailImport, failImport),
  decides(ImportLocation, importLocation),
  decides(FinishLocationImport, finishLocationImport),
  decides(SetActivation, setActivation),
  decides(DeleteImage, deleteImage),
  decides(PurgeImageData, purgeImageData),
  decides(RestoreImage, restoreImage),
  decides(PurgeRecord, purgeRecord),
  decides(SettleEncryptionKey, settleEncryptionKey),
  decides(AdoptImage, adoptImage),
];

export const imageDecider: Decider<ImageState, ImageCommand, ImageEvent> = {
  streamPrefix: 'image-',
  initialState: () => NO_IMAGE,
  evolve: evolveImage,
  decide(command, state, moment) {
    for (const decision of DECISIONS) {
      const decide = decision(command);
      if (decide) return decide(state, moment);
    }
    throw new TypeError(`no decision for ${command.constructor.name}`);
  },
  versions: IMAGE_EVENT_VERSIONS,
  writtenAfter: { ImageRecordPurged: SECOND_LANDING },
  upcasts: IMAGE_UPCASTS,
  creation: (state) => current(state)?.creation ?? null,
};
