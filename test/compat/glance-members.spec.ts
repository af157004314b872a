import { FAKEAUTH, glance, tell, type Step } from '../support/story.js';

const IMAGE = '0b000000-0000-4000-8000-000000000001';
const PRIVATE = '0b000000-0000-4000-8000-000000000002';

/** Seed 46: alice of red, bob of blue and carol of green share an image; rita only reads, root runs the cloud. */
const STEPS: readonly Step[] = [
  { title: 'an image is shared by default', run: `image-create --id ${IMAGE} --name story`, fields: { visibility: 'shared', owner: 'red' } },
  { title: 'it has no members yet', run: `member-list --image-id ${IMAGE}`, hides: ['blue'] },
  { title: 'another project does not know of it', as: 'bob', run: `image-show ${IMAGE}`, code: 1, says: [`No image found with ID ${IMAGE}`] },
  { title: 'another project cannot share it', as: 'bob', run: `member-create ${IMAGE} blue`, code: 1, says: ['404'] },
  { title: 'a reader cannot share it', as: 'rita', run: `member-create ${IMAGE} blue`, code: 1, says: ['403'] },
  { title: 'its owner shares it', run: `member-create ${IMAGE} blue`, says: [IMAGE, 'blue', 'pending'] },
  { title: 'it is shared once', run: `member-create ${IMAGE} blue`, code: 1, says: ['409'] },
  { title: 'seed 19: an admin shares it too', as: 'root', run: `member-create ${IMAGE} green`, says: ['green', 'pending'] },
  { title: 'its owner sees all members', run: `member-list --image-id ${IMAGE}`, says: ['blue', 'green'] },
  { title: 'a member sees itself', as: 'bob', run: `member-list --image-id ${IMAGE}`, says: ['blue', 'pending'], hides: ['green'] },
  { title: 'a member sees itself alone', as: 'bob', run: `member-get ${IMAGE} green`, code: 1, says: ['404'] },
  { title: 'CVE-2013-4354: it is not in the list of who has not decided', as: 'bob', run: 'image-list', hides: ['story'] },
  { title: 'it is listed where undecided ones are asked for', as: 'bob', run: 'image-list --visibility shared --member-status pending', says: ['story'] },
  { title: 'it can be shown before it is accepted', as: 'bob', run: `image-show ${IMAGE}`, fields: { name: 'story', owner: 'red' } },
  { title: 'its owner does not decide for a member', run: `member-update ${IMAGE} blue accepted`, code: 1, says: ['403'] },
  { title: 'a member does not decide for another', as: 'bob', run: `member-update ${IMAGE} green accepted`, code: 1, says: ['404'] },
  { title: 'a member accepts it', as: 'bob', run: `member-update ${IMAGE} blue accepted`, says: ['blue', 'accepted'] },
  { title: 'it is in the list of who accepted it', as: 'bob', run: 'image-list', says: ['story'] },
  { title: 'it is found among shared ones', as: 'bob', run: 'image-list --visibility shared', says: ['story'] },
  { title: 'another member rejects it', as: 'carol', run: `member-update ${IMAGE} green rejected`, says: ['green', 'rejected'] },
  { title: 'it is found among rejected ones', as: 'carol', run: 'image-list --member-status rejected', says: ['story'] },
  { title: 'a member does not change it', as: 'bob', run: `image-update ${IMAGE} --name mine`, code: 1, says: ['403'] },
  { title: 'a member does not end another\'s membership', as: 'bob', run: `member-delete ${IMAGE} green`, code: 1, says: ['404'] },
  { title: 'its owner ends a membership', run: `member-delete ${IMAGE} green` },
  { title: 'who is no member any more does not know of it', as: 'carol', run: `image-show ${IMAGE}`, code: 1, says: [`No image found with ID ${IMAGE}`] },
  { title: 'a private image is created', run: `image-create --id ${PRIVATE} --name closed --visibility private`, fields: { visibility: 'private' } },
  { title: 'a private image has no members', run: `member-create ${PRIVATE} blue`, code: 1, says: ['403'] },
  { title: 'an image turns private', run: `image-update ${IMAGE} --visibility private`, fields: { visibility: 'private' } },
  { title: 'then its members do not know of it', as: 'bob', run: `image-show ${IMAGE}`, code: 1 },
  { title: 'it turns shared again', run: `image-update ${IMAGE} --visibility shared`, fields: { visibility: 'shared' } },
  { title: 'then its members have what they accepted', as: 'bob', run: 'image-list', says: ['story'] },
];

describe('sharing, as the glance client does it', () => {
  tell(FAKEAUTH, STEPS, glance);
});
