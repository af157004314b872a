import { randomUUID } from 'node:crypto';
import type { EventMeta } from '#event-store';
import type { Image } from '#images';
import { deletionJobs } from './delete-data-when-given-up.reactor.js';

const meta = { id: 'e1', stream: `image-${randomUUID()}`, correlationId: null } as EventMeta;
const stagedOn = (node?: string) => ({ staged: { uploadId: 'u1', size: 1, store: 'staging', url: 'file:///x', ...(node === undefined ? {} : { node }) } }) as Image;

describe('The jobs of a deletion', () => {
  it('are one, whose id is that of the event, and one more for the node on whose own disk bytes are staged', () => {
    const ids = (image?: Image) => deletionJobs(meta, image).map(({ id, node }) => [id, node]);
    expect([ids(), ids(stagedOn())]).toEqual([[['e1.delete-data-when-given-up', undefined]], [['e1.delete-data-when-given-up', undefined]]]);
    expect(ids(stagedOn('host-1'))).toEqual([['e1.delete-data-when-given-up', undefined], ['e1.delete-data-when-given-up.staged', 'host-1']]);
  });
});
