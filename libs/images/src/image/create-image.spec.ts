import { givenFor } from '#event-store';
import { CreateImage, type NewImage } from './create-image.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, deleted, EPOCH, fold, IMAGE_ID, NEW_IMAGE, NO_QUOTAS, placed, SITE } from './image.fixture.js';
import { imageOf } from './image.js';
import type { ImageQuotas } from './quotas.js';

const given = givenFor(imageDecider);
const { home: _home, ...PLAIN } = NEW_IMAGE;
const create = (image: Partial<NewImage> = {}, quotas: ImageQuotas = NO_QUOTAS, id = IMAGE_ID) => new CreateImage(CONTEXT, id, { ...PLAIN, ...image }, SITE, quotas);

describe('creating an image', () => {
  it('makes it queued, at its home site', () => {
    given().when(create({ name: 'ä' })).decides(created({ name: 'ä', home: SITE }));
    expect(imageOf(IMAGE_ID, given().when(create()).state())).toMatchObject({ id: IMAGE_ID, status: 'queued', owner: 'p1', size: null, checksum: null, locations: [] });
  });

  it('keeps each tag once, in the order they came', () => {
    given().when(create({ tags: ['b', 'a', 'b'] })).decides(created({ tags: ['b', 'a'] }));
  });

  it('keeps the spelling of an id that is not lower case, and only of such a one', () => {
    const id = IMAGE_ID.toUpperCase();
    const command = create({}, NO_QUOTAS, id);
    expect(command.stream).toBe(`image-${IMAGE_ID}`);
    given().when(command).decides(created({ spelling: id }));
    expect(imageOf(IMAGE_ID, given().when(command).state())?.id).toBe(id);
  });

  it('CVE-2016-4383, OSSN-0075: refuses an id that is used, or once was', () => {
    given(created()).when(create()).refuses('ImageIdTaken');
    given(created(), deleted()).when(create()).refuses('ImageIdTaken');
  });

  it('refuses an id that events of another site tell of, though their creation has not come yet', () => {
    const state = fold([placed(deleted(), { n: 1, ms: EPOCH, site: 'site-b' })]);
    expect(() => imageDecider.decide(create(), state, { at: '' })).toThrow(expect.objectContaining({ code: 'ImageIdTaken' }));
  });

  it('refuses more properties or tags than the quota, and takes as many', () => {
    const quotas = { ...NO_QUOTAS, properties: 1, tags: 2 };
    given().when(create({ properties: { a: '1', b: '2' } }, quotas)).refuses('QuotaExceeded');
    given().when(create({ tags: ['a', 'b', 'c'] }, quotas)).refuses('QuotaExceeded');
    given().when(create({ properties: { a: '1' }, tags: ['a', 'b', 'a'] }, quotas)).decides(created({ properties: { a: '1' }, tags: ['a', 'b'] }));
    given().when(create({ tags: ['a'] }, { ...NO_QUOTAS, properties: 0, tags: 0 })).refuses('QuotaExceeded');
  });

  it('takes any number of properties and tags where the quota is -1', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `n${String(i).padStart(3, '0')}`);
    const properties = Object.fromEntries(many.map((name) => [name, 'x']));
    given().when(create({ properties, tags: many }, { ...NO_QUOTAS, properties: -1, tags: -1 })).decides(created({ properties, tags: many }));
  });
});
