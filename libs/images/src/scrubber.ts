import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLAIMS, type Claims, type CommandContext } from '#event-store';
import { DataNotFound, Stores } from '#stores';
import { PurgeImageData } from './image/delete-image.js';
import { ScrubbedAlready, ScrubberRunning } from './image/deletion.errors.js';
import { ImageNotFound } from './image/image.errors.js';
import type { Image, LocatedData } from './image/image.js';
import { RestoreImage } from './image/restore-image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import type { DueForScrub, ImageList } from './read-model/image-list.js';
import { aloneAtScrub } from './scrub-lease.js';

const PAGE = 200;
const RESTORE_TRIES = 5;
const RESTORE_PAUSE_MS = 200;

export interface ScrubOptions {
  /** Images at a time (`scrub_pool_size`). */
  readonly parallel?: number;
  /** Ends the run between two places. */
  readonly signal?: AbortSignal;
}

export interface ScrubReport {
  /** Images that have no data any more. */
  readonly scrubbed: number;
  /** Images that keep some and stay pending_delete, until the next run. */
  readonly kept: number;
}

/** What becomes of deleted images whose data waits (`delayed_delete`): it goes in the end, or the image comes back. What cannot be removed is tried again by the next run. */
@Injectable()
export class Scrubber {
  private readonly log = new Logger('Scrubber');

  constructor(
    private readonly bus: CommandBus,
    private readonly stores: Stores,
    @Inject(CLAIMS) private readonly claims: Claims,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /** Removes the data of every image whose time has come; undefined where another scrubber runs. Bytes that are gone already count as removed. */
  scrub(context: CommandContext, { parallel = 1, signal }: ScrubOptions = {}): Promise<ScrubReport | undefined> {
    return this.alone((held) => this.scrubAll(context, parallel, held), signal);
  }

  /** Runs again and again, `everyMs` from the end of one run to the next, as the only scrubber all that time. Answers false where another runs. */
  async scrubOn(context: CommandContext, everyMs: number, { parallel = 1, signal }: ScrubOptions & { readonly signal: AbortSignal }): Promise<boolean> {
    const done = await this.alone(async (held) => {
      while (!held.aborted) {
        await this.scrubAll(context, parallel, held);
        await pause(everyMs, held);
      }
      if (!signal.aborted) held.throwIfAborted();
      return true;
    }, signal);
    return done ?? false;
  }

  /**
   * The image is what it was before its deletion, with locations, properties, tags and members. Refused with
   * `ScrubberRunning`, `ImageNotFound`, `NotPendingDelete`, and `ScrubbedAlready` where some of its data is gone.
   */
  async restore(context: CommandContext, imageId: string): Promise<void> {
    const done = await this.soonAlone(async () => {
      const image = await this.images.find(imageId);
      if (!image) throw new ImageNotFound(imageId);
      if (image.status === 'pending_delete') for (const location of image.locations) await this.mustBeThere(image, location);
      await this.bus.execute(new RestoreImage(context, image.id));
      return true;
    });
    if (!done) throw new ScrubberRunning();
  }

  /** A run that finds nothing to do ends at once: so much can be waited for. */
  private async soonAlone(work: () => Promise<true>): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      if (await this.alone(work)) return true;
      if (tries === RESTORE_TRIES) return false;
      await sleep(RESTORE_PAUSE_MS);
    }
  }

  private alone<T>(work: (held: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    return aloneAtScrub({ claims: this.claims, holder: this.options.holder, signal }, work);
  }

  private async scrubAll(context: CommandContext, parallel: number, held: AbortSignal): Promise<ScrubReport> {
    const until = new Date().toISOString();
    let [scrubbed, kept] = [0, 0];
    for (let after: DueForScrub | undefined; ; ) {
      const page = await this.images.dueForScrub(until, after, PAGE);
      const waiting = [...page];
      const next = async () => {
        for (let due = waiting.shift(); due && !held.aborted; due = waiting.shift()) {
          if (await this.scrubImage(context, due.id, held)) scrubbed += 1;
          else kept += 1;
        }
      };
      await Promise.all(Array.from({ length: parallel }, next));
      after = page.at(-1);
      if (after === undefined || page.length < PAGE || held.aborted) return { scrubbed, kept };
    }
  }

  /** One place after the other; a store that fails does not spare the others. */
  private async scrubImage(context: CommandContext, imageId: string, held: AbortSignal): Promise<boolean> {
    const image = await this.images.find(imageId);
    if (image?.status !== 'pending_delete') return true;
    let whole = true;
    for (const location of image.locations) {
      try {
        held.throwIfAborted();
        await this.stores.byId(location.store).remove(this.options.decryptLocation(location.url));
        await this.bus.execute(new PurgeImageData(context, image.id, [location.id]));
      } catch (error) {
        whole = false;
        this.log.warn(`image ${image.id} stays in pending_delete: its data in the store ${location.store} could not be removed, will be tried again: ${String(error)}`);
      }
    }
    return whole;
  }

  /** A scrubber that was killed may have taken data without saying so. What lies with others is none of ours. */
  private async mustBeThere(image: Image, { store: id, url }: LocatedData): Promise<void> {
    const store = this.stores.byId(id);
    if (store.readOnly) return;
    try {
      await store.size(this.options.decryptLocation(url));
    } catch (error) {
      throw error instanceof DataNotFound ? new ScrubbedAlready(image.id) : error;
    }
  }
}

/** Ends early where the signal aborts. */
const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
