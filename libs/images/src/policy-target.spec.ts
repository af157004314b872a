import { openPolicy, type Principal } from '#access';
import { imageOf } from './image/image.js';
import { policyTarget } from './policy-target.js';
import { changeOf, id, type Seed } from './read-model/image-list.fixture.js';

const caller = (project: string | null, more: Partial<Principal> = {}): Principal => ({ user: 'u', project, roles: ['reader', 'member'], admin: false, service: null, ...more });

function allows(rule: string, who: Principal, seed: Omit<Seed, 'id'>): boolean {
  const image = imageOf(id(1), changeOf({ id: id(1), owner: 'p1', ...seed }).after);
  if (!image) throw new Error('no image');
  return openPolicy({ legacy: false, enforceScope: false, overrides: { get_image: rule } }).allows('get_image', who, policyTarget(image, who));
}

describe('What rules see of an image', () => {
  it('is its owner, its custom properties, and whether the caller is a member', () => {
    expect(allows('project_id:%(owner)s and project_id:%(project_id)s', caller('p1'), {})).toBe(true);
    expect(allows("'yes':%(x_licensed)s", caller('p1'), { properties: { x_licensed: 'yes' } })).toBe(true);
    const shared = { visibility: 'shared', members: { p2: 'accepted' } } as const;
    expect(['p1', 'p2', 'p3'].map((project) => allows('project_id:%(member_id)s', caller(project), shared))).toEqual([false, true, false]);
  });

  it('never takes a caller of no project for a member of an image that has none', () => {
    for (const visibility of ['public', 'shared'] as const) expect(allows('project_id:%(member_id)s', caller(null, { systemScope: 'all' }), { visibility })).toBe(false);
  });

  it.each(['owner', 'project_id', 'member_id', 'visibility', 'status'])('says of %s what is so, whatever a custom property of that name says', (name) => {
    expect(allows(`'forged':%(${name})s`, caller('p3'), { properties: { [name]: 'forged' } })).toBe(false);
  });
});
