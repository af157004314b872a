import { DefinitionNotFound, type MetadefTag } from '#metadefs';
import type { TagPage } from './list-query.js';

/** A page of the tags, which come in the order in which they were defined. */
export function tagPage(tags: readonly MetadefTag[], namespace: string, { limit, marker, key, direction }: TagPage): readonly MetadefTag[] {
  const ascending = tags
    .map((tag, age) => ({ tag, age }))
    .sort((a, b) => compare(VALUES[key](a.tag), VALUES[key](b.tag)) || a.age - b.age)
    .map(({ tag }) => tag);
  const ordered = direction === 'asc' ? ascending : ascending.reverse();
  const at = marker === undefined ? -1 : ordered.findIndex(({ name }) => name.toLowerCase() === marker.toLowerCase());
  if (marker !== undefined && at < 0) throw new DefinitionNotFound('tag', marker, namespace);
  return ordered.slice(at + 1).slice(0, limit);
}

const VALUES: Readonly<Record<TagPage['key'], (tag: MetadefTag) => string>> = {
  name: ({ name }) => name,
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt }) => updatedAt,
  id: () => '',
};

const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
