import type { MemberStatus, Visibility } from '../image/image.events.js';
import type { ImageQuery } from './image-list.js';

/** Images that one ordered read of one index finds. The branches of a query never share an image. */
export type Branch =
  /** Without an owner: whoever owns them. */
  | { readonly visibility: Visibility; readonly owner?: string }
  /** Images of others that are shared with a project. */
  | { readonly member: string; readonly status: MemberStatus };

const STATUSES: readonly MemberStatus[] = ['pending', 'accepted', 'rejected'];

/** What the viewer gets to see in a list (images-v2 §5, "List membership"), put together from disjoint branches. */
export function branchesOf({ viewer, visibility, memberStatus = 'accepted' }: Pick<ImageQuery, 'viewer' | 'visibility' | 'memberStatus'>): readonly Branch[] {
  const { admin, project } = viewer;
  const everybodys = (kind: Visibility): Branch[] => [{ visibility: kind }];
  const own = (kind: Visibility): Branch[] => (project === null ? [] : [{ visibility: kind, owner: project }]);
  const ownOrAdmins = admin ? everybodys : own;
  const withMe = (): Branch[] =>
    admin || project === null ? [] : STATUSES.filter((status) => memberStatus === 'all' || memberStatus === status).map((status) => ({ member: project, status }));
  switch (visibility) {
    case 'public':
    case 'community':
      return everybodys(visibility);
    case 'not public':
      return [...ownOrAdmins('private'), ...ownOrAdmins('shared'), ...withMe(), ...ownOrAdmins('community')];
    case 'private':
      return ownOrAdmins('private');
    case 'shared':
      return [...ownOrAdmins('shared'), ...withMe()];
    default:
      return [
        ...ownOrAdmins('private'),
        ...ownOrAdmins('shared'),
        ...withMe(),
        ...(visibility === 'all' ? everybodys : own)('community'),
        ...everybodys('public'),
      ];
  }
}
