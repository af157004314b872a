import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CLAIMS, type Claims, type CommandContext } from '#event-store';
import { FailImport } from '../image/import-data.js';
import type { ImageImport } from '../image/imports.js';
import { IMAGE_LIST } from '../images.options.js';
import { LeasedImages } from '../leased-images.js';
import { everyId } from '../read-model/every-id.js';
import type { ImageList } from '../read-model/image-list.js';

const KIND = 'node';
/** A node that has not been heard of for so long is gone; one that restarts is back before. */
const GONE_AFTER_MS = 60_000;

/** Ends the imports that only one node could do and that this node will not: their images are queued again. */
@Injectable()
export class LostImports {
  constructor(
    private readonly bus: CommandBus,
    private readonly leased: LeasedImages,
    @Inject(CLAIMS) private readonly claims: Claims,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
  ) {}

  /** Says that these nodes are alive. */
  async alive(nodes: readonly string[]): Promise<void> {
    for (const node of nodes) await this.claims.acquire(KIND, node, `node ${node}`, GONE_AFTER_MS);
  }

  /** Answers how many imports it ended. */
  async run(context: CommandContext, signal: AbortSignal): Promise<number> {
    let ended = 0;
    for await (const id of everyId((after, limit) => this.images.openWork('import', after, limit))) {
      if (signal.aborted) break;
      ended += Number(await this.end(context, id));
    }
    return ended;
  }

  private async end(context: CommandContext, id: string): Promise<boolean> {
    const image = await this.images.find(id);
    const task = image?.openImport;
    if (!image || !task || !(await this.isLost(task))) return false;
    return this.leased.alone(image.id, 'lost-import', () => false, async () => {
      const reason = `The node ${task.node}, which alone has the staged data, is gone; stage it again.`;
      const perStore = Object.fromEntries(task.stores.map((store) => [store, reason]));
      const { events } = await this.bus.execute(new FailImport(context, image.id, { taskId: task.taskId, reason, perStore }));
      return events.length > 0;
    });
  }

  private async isLost({ node, requestedAt }: ImageImport): Promise<boolean> {
    if (node === undefined || Date.now() - Date.parse(requestedAt) < GONE_AFTER_MS) return false;
    return (await this.claims.holder(KIND, node)) === undefined;
  }
}
