import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AnyDecider } from '#event-store';
import { imageDecider, taskDecider } from '#images';
import { metadefsDecider } from '#metadefs';

const LANDED = fileURLToPath(new URL('../landed/', import.meta.url));
const deciders = [imageDecider, taskDecider, metadefsDecider] as unknown as readonly AnyDecider[];

/** Types of which a landed version left an event. */
const first = readFileSync(`${LANDED}${readdirSync(LANDED).filter((file) => file.endsWith('.sql')).toSorted()[0]}`, 'utf8');
const isOfFirst = (type: string): boolean => first.includes(`', '${type}', '1', '`);

describe('event types', () => {
  it('of the first landing are all in the database that it left', () => {
    expect(deciders.flatMap(({ versions }) => Object.keys(versions)).filter(isOfFirst)).toHaveLength(44);
  });

  it('that came later are written only after the contract of their landing: name each in `writtenAfter` of its decider', () => {
    const free = deciders.flatMap(({ versions, writtenAfter = {} }) => Object.keys(versions).filter((type) => !isOfFirst(type) && writtenAfter[type] === undefined));
    expect(free).toEqual([]);
  });
});
