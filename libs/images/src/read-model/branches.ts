import type { Visibility } from '../image/image.events.js';
import type { ImageQuery } from './image-list.js';

/** Images that one ordered read of one index finds. The branches of a query never share an image. */
export interface Branch {
  readonly visibility: Visibility;
  /** Absent: whoever owns them. */
  readonly owner?: string;
}

/** What the viewer gets to see in a list (images-v2 §5, "List membership"), put together from disjoint branches. */
export function branchesOf({ viewer, visibility }: Pick<ImageQuery, 'viewer' | 'visibility'>): readonly Branch[] {
  const { admin, project } = viewer;
  const everybodys = (kind: Visibility): Branch[] => [{ visibility: kind }];
  const own = (kind: Visibility): Branch[] => (project === null ? [] : [{ visibility: kind, owner: project }]);
  const ownOrAdmins = admin ? everybodys : own;
  switch (visibility) {
    case 'public':
    case 'community':
      return everybodys(visibility);
    case 'private':
    case 'shared':
      return ownOrAdmins(visibility);
    default:
      return [
        ...ownOrAdmins('private'),
        ...ownOrAdmins('shared'),
        ...(visibility === 'all' ? everybodys : own)('community'),
        ...everybodys('public'),
      ];
  }
}
