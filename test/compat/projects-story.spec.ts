import { FAKEAUTH, glance, tell, type Step } from '../support/story.js';

const SHARED = '0b000000-0000-4000-8000-000000000001';
const LARGE = '0b000000-0000-4000-8000-000000000002';

const QUOTAS = `image_property_quota = 2
image_tag_quota = 2
image_member_quota = 2
image_size_cap = 64
`;

const member = (status: string) => ['| Image ID', '| Member ID', '| Status', `| ${SHARED} |`, `| ${status} `];

/** Two members and a reader of two projects, and an admin, with `python-glanceclient`. */
const STEPS: readonly Step[] = [
  { title: 'a member creates an image of the project', run: `image-create --id ${SHARED} --name tool --disk-format raw --container-format bare`, input: 'hello',
    fields: { owner: 'red', visibility: 'shared', status: 'active' } },
  { title: 'a reader of the project lists it', as: 'rita', run: 'image-list', says: ['tool'] },
  { title: 'a reader of the project may not read its data', as: 'rita', run: `image-download ${SHARED}`, code: 1, says: ['403'] },
  { title: 'a reader may not change it', as: 'rita', run: `image-update ${SHARED} --name mine`, code: 1, says: ['403'] },
  { title: 'a reader may not tag it', as: 'rita', run: `image-tag-update ${SHARED} mine`, code: 1, says: ['403'] },
  { title: 'a reader may not delete it', as: 'rita', run: `image-delete ${SHARED}`, code: 1, says: ['not permitted'] },
  { title: 'a reader may not create', as: 'rita', run: 'image-create --name mine', code: 1, says: ['403'] },
  { title: 'another project does not list it', as: 'bob', run: 'image-list', hides: ['tool'] },
  { title: 'another project does not find it', as: 'bob', run: `image-show ${SHARED}`, code: 1, says: [`No image found with ID ${SHARED}`] },
  { title: 'another project has nothing to read', as: 'bob', run: `image-download ${SHARED}`, code: 1, says: ['404'] },
  { title: 'another project has nothing to delete', as: 'bob', run: `image-delete ${SHARED}`, code: 1, says: [SHARED] },
  { title: 'a member may not create for another project', run: 'image-create --name gift --owner blue', code: 1, says: ['403'] },
  { title: 'a member may not give an image away', run: `image-update ${SHARED} --owner blue`, code: 1, says: ['403'] },
  { title: 'a member may not publish', run: `image-update ${SHARED} --visibility public`, code: 1, says: ['403'] },
  { title: 'an owner shares with a project, which is asked', run: `member-create ${SHARED} blue`, says: member('pending') },
  { title: 'a project is asked once', run: `member-create ${SHARED} blue`, code: 1, says: ['409'] },
  { title: 'an owner may not answer for the project', run: `member-update ${SHARED} blue accepted`, code: 1, says: ['403'] },
  { title: 'a project that is asked finds the image', as: 'bob', run: `image-show ${SHARED}`, fields: { name: 'tool', owner: 'red' } },
  { title: 'a project that is asked reads its data', as: 'bob', run: `image-download ${SHARED}`, says: ['hello'] },
  { title: 'a project that has not answered does not list it', as: 'bob', run: 'image-list', hides: ['tool'] },
  { title: 'a project lists what it is asked about', as: 'bob', run: 'image-list --visibility shared --member-status pending', says: ['tool'] },
  { title: 'a project accepts', as: 'bob', run: `member-update ${SHARED} blue accepted`, says: member('accepted') },
  { title: 'a project that accepted lists it', as: 'bob', run: 'image-list', says: ['tool'] },
  { title: 'a project that accepted may not change it', as: 'bob', run: `image-update ${SHARED} --name ours`, code: 1, says: ['403'] },
  { title: 'a project that accepted may not delete it', as: 'bob', run: `image-delete ${SHARED}`, code: 1, says: ['not permitted'] },
  { title: 'a project that accepted may not share it on', as: 'bob', run: `member-create ${SHARED} green`, code: 1, says: ['403'] },
  { title: 'an owner shares with two', run: `member-create ${SHARED} green`, says: member('pending') },
  { title: 'an owner sees whom an image is shared with', run: `member-list --image-id ${SHARED}`, says: ['blue', 'accepted', 'green', 'pending'] },
  { title: 'a member project sees itself alone', as: 'carol', run: `member-list --image-id ${SHARED}`, says: ['green'], hides: ['blue'] },
  { title: 'one member is shown', run: `member-get ${SHARED} blue`, fields: { member_id: 'blue', status: 'accepted', image_id: SHARED } },
  { title: 'there are no more members than the quota', run: `member-create ${SHARED} yellow`, code: 1, says: ['413'] },
  { title: 'a project rejects', as: 'bob', run: `member-update ${SHARED} blue rejected`, says: member('rejected') },
  { title: 'what was rejected is not listed', as: 'bob', run: 'image-list', hides: ['tool'] },
  { title: 'what was rejected is listed when asked for', as: 'bob', run: 'image-list --visibility shared --member-status rejected', says: ['tool'] },
  { title: 'an answer is one of three', as: 'bob', run: `member-update ${SHARED} blue perhaps`, code: 2, says: ['perhaps'] },
  { title: 'an admin answers for a project', as: 'root', run: `member-update ${SHARED} blue accepted`, says: member('accepted') },
  { title: 'a private image is nobody else’s', run: `image-update ${SHARED} --visibility private`, fields: { visibility: 'private' } },
  { title: 'a member does not find an image that became private', as: 'bob', run: `image-show ${SHARED}`, code: 1, says: ['No image found'] },
  { title: 'a private image is not shared', run: `member-create ${SHARED} yellow`, code: 1, says: ['403'] },
  { title: 'an image becomes shared again', run: `image-update ${SHARED} --visibility shared`, fields: { visibility: 'shared' } },
  { title: 'its members are members again', as: 'bob', run: `image-show ${SHARED}`, fields: { visibility: 'shared' } },
  { title: 'an owner takes an image back', run: `member-delete ${SHARED} blue` },
  { title: 'a project that is no member does not find it', as: 'bob', run: `image-show ${SHARED}`, code: 1, says: ['No image found'] },
  { title: 'who is no member cannot be removed', run: `member-delete ${SHARED} blue`, code: 1, says: ['404'] },
  { title: 'an owner gives an image to the community', run: `image-update ${SHARED} --visibility community`, fields: { visibility: 'community' } },
  { title: 'images of the community are not listed', as: 'bob', run: 'image-list', hides: ['tool'] },
  { title: 'images of the community are listed when asked for', as: 'bob', run: 'image-list --visibility community', says: ['tool'] },
  { title: 'an admin publishes', as: 'root', run: `image-update ${SHARED} --visibility public`, fields: { visibility: 'public', owner: 'red' } },
  { title: 'everybody lists what is public', as: 'bob', run: 'image-list', says: ['tool'] },
  { title: 'a public image is changed by its owner alone', as: 'bob', run: `image-update ${SHARED} --name ours`, code: 1, says: ['403'] },
  { title: 'a public image has no members', run: `member-list --image-id ${SHARED}`, code: 1, says: ['403'] },
  { title: 'an owner deactivates', run: `image-deactivate ${SHARED}` },
  { title: 'what is deactivated is not read', as: 'bob', run: `image-download ${SHARED}`, code: 1, says: ['403'] },
  { title: 'what is deactivated is not read by its owner', run: `image-download ${SHARED}`, code: 1, says: ['403'] },
  { title: 'what is deactivated is read by an admin', as: 'root', run: `image-download ${SHARED}`, says: ['hello'] },
  { title: 'others may not reactivate', as: 'bob', run: `image-reactivate ${SHARED}`, code: 1, says: ['403'] },
  { title: 'an owner reactivates', run: `image-reactivate ${SHARED}` },
  { title: 'there are as many properties as the quota', run: `image-update ${SHARED} --property a=1 --property b=2`, fields: { a: '1', b: '2' } },
  { title: 'there are no more properties than the quota', run: `image-update ${SHARED} --property c=3`, code: 1, says: ['413'] },
  { title: 'there are no more tags than the quota', run: 'image-create --name tagged --tags x y z', code: 1, says: ['413'] },
  { title: 'an image waits for data', run: `image-create --id ${LARGE} --name large --disk-format raw --container-format bare`, fields: { status: 'queued' } },
  { title: 'data is no larger than the cap', run: `image-upload ${LARGE}`, input: 'x'.repeat(65), code: 1, says: ['413'] },
  { title: 'an image whose data was refused waits again', run: `image-show ${LARGE}`, fields: { status: 'queued', size: 'None' } },
  { title: 'data of the size of the cap is taken', run: `image-upload ${LARGE}`, input: 'x'.repeat(64) },
  { title: 'stores are told in detail to admins alone', run: 'stores-info --detail', code: 1 },
  { title: 'an admin lists what all projects have', as: 'root', run: 'image-list --owner red', says: ['large', 'tool'] },
  { title: 'an admin deletes what another project owns', as: 'root', run: `image-delete ${LARGE}` },
  { title: 'an owner deletes', run: `image-delete ${SHARED}` },
  { title: 'nothing is left', as: 'root', run: 'image-list', hides: ['tool', 'large'] },
];

describe('python-glanceclient, three projects', () => tell(QUOTAS + FAKEAUTH, STEPS, glance));
