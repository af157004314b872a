import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { KEY_MANAGER, type Credentials, type KeyManager, type WithRights } from '#access';
import { StreamReader, type CommandContext } from '#event-store';
import { KEY_ID } from './image/encryption-key.js';
import type { ImageCreated, ImagePropertiesChanged } from './image/image.events.js';
import { imageOf, streamOf } from './image/image.js';
import type { ImageState } from './image/image.state.js';
import { SettleEncryptionKey } from './image/settle-encryption-key.js';

/** Of a deletion whose answer waits for it. */
const PATIENCE_MS = 5_000;

interface Doomed {
  readonly imageId: string;
  readonly keyId: string;
  /** The user who gave the image this key; only that one's own keys may go with it. */
  readonly namedBy: string | null;
}

/** Deletes the keys that go with deleted images, and says what came of them. */
@Injectable()
export class EncryptionKeys {
  private readonly log = new Logger('EncryptionKeys');

  constructor(
    private readonly bus: CommandBus,
    private readonly streams: StreamReader,
    @Inject(KEY_MANAGER) private readonly keys: KeyManager,
  ) {}

  /**
   * With the rights of who deleted the image, where that is who named the key: as Glance does, and what Barbican lets the
   * owner of a key do. Never fails: what it does not achieve is left to the job.
   */
  async deleteAsCaller(context: CommandContext, imageId: string, credentials: Credentials): Promise<void> {
    try {
      const doomed = await this.find(imageId);
      if (!doomed || doomed.namedBy !== context.actor.user) return;
      await this.delete(context, doomed, { credentials }, AbortSignal.timeout(PATIENCE_MS));
    } catch (error) {
      this.log.warn(`the key of image ${imageId} could not be deleted for who deleted the image, the service will try: ${messageOf(error)}`);
    }
  }

  /** With the service's own rights. Rejects where trying again may help; what will never be let is told by an event. */
  async deleteAsService(context: CommandContext, imageId: string, signal: AbortSignal): Promise<void> {
    const doomed = await this.find(imageId);
    if (!doomed) return;
    try {
      if (doomed.namedBy === null) await this.keep(context, doomed, 'nobody is known who named it.');
      else await this.delete(context, doomed, { madeBy: doomed.namedBy }, signal);
    } catch (error) {
      if (!isFinal(error)) throw error;
      await this.keep(context, doomed, messageOf(error));
    }
  }

  private async delete(context: CommandContext, { imageId, keyId }: Doomed, rights: WithRights, signal: AbortSignal): Promise<void> {
    await this.keys.deleteKey(keyId, rights, signal);
    await this.bus.execute(new SettleEncryptionKey(context, imageId, keyId));
  }

  private async keep(context: CommandContext, { imageId, keyId }: Doomed, reason: string): Promise<void> {
    this.log.warn(`the encryption key of the deleted image ${imageId} stays in the key manager: ${reason}`);
    await this.bus.execute(new SettleEncryptionKey(context, imageId, keyId, reason));
  }

  private async find(imageId: string): Promise<Doomed | undefined> {
    const { state, events } = await this.streams.load<ImageState>(streamOf(imageId));
    const image = imageOf(imageId, state);
    if (!image || image.keyToDelete === null) return undefined;
    const naming = events.findLast((event) => namedIn(event) === image.keyToDelete);
    return { imageId: image.id, keyId: image.keyToDelete, namedBy: naming?.meta.actor.user ?? null };
  }
}

function namedIn(event: { readonly type: string; readonly data: unknown }): string | undefined {
  if (event.type === 'ImageCreated') return (event as ImageCreated).data.properties[KEY_ID];
  return event.type === 'ImagePropertiesChanged' ? (event as ImagePropertiesChanged).data.set[KEY_ID] : undefined;
}

const isFinal = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'KeyRefused' || error.code === 'KeyManagerNotConfigured');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
