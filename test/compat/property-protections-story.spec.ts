import { protectedBy } from '../support/protection-files.js';
import { FAKEAUTH, glance, tell, type Step } from '../support/story.js';

const IMAGE = '43000000-0000-4000-8000-000000000001';
const OTHER = '43000000-0000-4000-8000-000000000002';

const reserved = (property: string) => ['403', `Attribute &#x27;${property}&#x27; is reserved.`];

/** An owner, a reader of the same project and an admin, with `python-glanceclient`. */
const STEPS: readonly Step[] = [
  { title: 'seed 43: an owner creates an image with a property that he may create', fields: { x_owner_a: '1', x_fixed: 'f', free: 'yes' },
    run: `image-create --id ${IMAGE} --name tool --property x_owner_a=1 --property x_fixed=f --property free=yes` },
  { title: 'seed 43: one that he may not create is refused, with the whole image', run: `image-create --id ${OTHER} --property free=yes --property x_billed=9`, code: 1, says: reserved('x_billed') },
  { title: 'nothing came of it', run: `image-show ${OTHER}`, code: 1, says: ['No image found'] },
  { title: 'seed 43: an admin creates what owners may read only, and what they may not', as: 'root', run: `image-update ${IMAGE} --property x_billed=9 --property x_secret=s`, fields: { x_billed: '9', x_secret: 's' } },
  { title: 'seed 43: the owner reads the one and not the other', run: `image-show ${IMAGE}`, fields: { x_billed: '9', x_owner_a: '1' }, hides: ['x_secret'] },
  { title: 'seed 43: a reader reads what everybody may', as: 'rita', run: `image-show ${IMAGE}`, fields: { free: 'yes', x_fixed: 'f' }, hides: ['x_secret', 'x_owner_a', 'x_billed'] },
  { title: 'the owner may not update what he may read', run: `image-update ${IMAGE} --property x_billed=0`, code: 1, says: reserved('x_billed') },
  { title: 'the owner may not delete what he may read', run: `image-update ${IMAGE} --remove-property x_billed`, code: 1, says: reserved('x_billed') },
  { title: 'seed 43: the owner updates what he may', run: `image-update ${IMAGE} --property x_owner_a=2`, fields: { x_owner_a: '2' }, hides: ['x_secret'] },
  { title: 'the owner may not create what is hidden from him', run: `image-update ${IMAGE} --property x_secret=mine`, code: 1, says: reserved('x_secret') },
  { title: 'what is hidden stays as it is when the owner changes the rest', run: `image-update ${IMAGE} --name renamed --property free=no --remove-property x_owner_a`, fields: { name: 'renamed', free: 'no' }, hides: ['x_owner_a'] },
  { title: 'the admin still reads it', as: 'root', run: `image-show ${IMAGE}`, fields: { x_secret: 's', x_billed: '9', name: 'renamed' } },
  { title: 'seed 43: nobody updates what nobody may', as: 'root', run: `image-update ${IMAGE} --property x_fixed=g`, code: 1, says: reserved('x_fixed') },
  { title: 'nobody deletes what nobody may', as: 'root', run: `image-update ${IMAGE} --remove-property x_fixed`, code: 1, says: reserved('x_fixed') },
  { title: 'a list is filtered by what the caller reads', run: 'image-list --property-filter x_billed=9', says: ['renamed'] },
  { title: 'a list by what is hidden tells nothing', run: 'image-list --property-filter x_secret=s', hides: ['renamed'] },
  { title: 'the admin’s list is filtered by it', as: 'root', run: 'image-list --property-filter x_secret=s', says: ['renamed'] },
  { title: 'a verbose list tells no more', run: '--verbose image-list', says: ['renamed'], hides: ['x_secret'] },
  { title: 'what no section fits is nobody’s', as: 'root', run: `image-update ${IMAGE} --property y_new=1`, code: 1, says: reserved('y_new') },
  { title: 'seed 43: the admin deletes what he may', as: 'root', run: `image-update ${IMAGE} --remove-property x_secret`, hides: ['x_secret'] },
  { title: 'the image goes as ever', run: `image-delete ${IMAGE}` },
];

const roles = protectedBy({
  '^x_owner_': ['member', 'member,admin', 'member', 'member'], '^x_billed$': ['admin', 'Member, Admin', 'admin', 'admin'], '^x_secret$': ['admin', 'admin', 'admin', 'admin'],
  '^x_fixed$': ['@', '@', '!', ''], '^(?!y_)': ['@', '@', '@', '@'],
});
afterAll(() => roles.remove());

describe('Protected properties by role', () => tell(`${roles.conf}${FAKEAUTH}`, STEPS, glance));
