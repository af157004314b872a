import { givenFor } from '#event-store';
import { imageDecider } from './image.decider.js';
import type { ImageEvent, MemberStatus, Visibility } from './image.events.js';
import { CONTEXT, created, decided, deleted, IMAGE_ID, NO_QUOTAS, shared, unshared } from './image.fixture.js';
import { imageOf } from './image.js';
import { DecideMembership, ShareImage, UnshareImage } from './share-image.js';

const given = givenFor(imageDecider);
const share = (member: string, { canShare, members = -1 }: { canShare?: boolean; members?: number } = {}) =>
  new ShareImage(CONTEXT, IMAGE_ID, [member], canShare, { ...NO_QUOTAS, members });
const shareAll = (names: string[], members = -1) => new ShareImage(CONTEXT, IMAGE_ID, names, undefined, { ...NO_QUOTAS, members });
const decide = (member: string, status: MemberStatus) => new DecideMembership(CONTEXT, IMAGE_ID, member, status);
const unshare = (member: string) => new UnshareImage(CONTEXT, IMAGE_ID, member);
const turned = (visibility: Visibility): ImageEvent => ({ type: 'ImageVisibilityChanged', data: { visibility } });
const firstMember = (...events: ImageEvent[]) => imageOf(IMAGE_ID, given(...events).state())?.members[0];

describe('sharing an image', () => {
  it('CVE-2013-4354: leaves the membership pending until the member has decided', () => {
    given(created()).when(share('p2')).decides(shared('p2'));
    expect(imageOf(IMAGE_ID, given(created()).when(share('p2')).state())?.members).toMatchObject([{ member: 'p2', status: 'pending', canShare: false }]);
  });

  it.each(['constructor', '__proto__', 'toString', 'p2 😀'])('takes %s for a project as any other', (name) => {
    const state = given(created()).when(share(name)).state();
    expect(imageOf(IMAGE_ID, state)?.members.map(({ member }) => member)).toEqual([name]);
    given(created(), shared(name)).when(unshare(name)).decides(unshared(name));
    given(created()).when(unshare(name)).refuses('MemberNotFound');
  });

  it('keeps whether the member may share further', () => {
    given(created()).when(share('p2', { canShare: true })).decides(shared('p2', true));
    expect(firstMember(created(), shared('p2', true))).toMatchObject({ member: 'p2', status: 'pending', canShare: true });
  });

  it('refuses a member that it has', () => {
    given(created(), shared('p2'), decided('p2', 'rejected')).when(share('p2')).refuses('MemberExists');
  });

  it('asks a member again that was away, whatever it had decided', () => {
    const again = [created(), shared('p2'), decided('p2', 'accepted'), unshared('p2')];
    given(...again).when(share('p2')).decides(shared('p2'));
    expect(firstMember(...again, shared('p2'))).toMatchObject({ member: 'p2', status: 'pending', canShare: false });
  });

  it('keeps when a member came first, and moves its time of change', () => {
    const times = (...events: ImageEvent[]) => {
      const { createdAt, updatedAt } = firstMember(...events) ?? {};
      return [createdAt, updatedAt].map((time) => Date.parse(time ?? '') % 1000);
    };
    const life = [created(), shared('p2'), decided('p2', 'accepted'), unshared('p2'), shared('p2')];
    expect(times(...life.slice(0, 2))).toEqual([1, 1]);
    expect(times(...life.slice(0, 3))).toEqual([1, 2]);
    expect(times(...life)).toEqual([1, 4]);
  });

  it('moves no time of the image', () => {
    const image = imageOf(IMAGE_ID, given(created(), shared('p2'), decided('p2', 'accepted'), unshared('p2')).when(share('p3')).state());
    expect(image?.updatedAt).toBe(image?.createdAt);
  });

  it('takes as many members as the quota says and no more, not even one that it has', () => {
    given(created(), shared('p2')).when(share('p3', { members: 2 })).decides(shared('p3'));
    given(created(), shared('p2'), shared('p3')).when(share('p4', { members: 2 })).refuses('QuotaExceeded');
    given(created(), shared('p2'), shared('p3')).when(share('p3', { members: 2 })).refuses('QuotaExceeded');
    given(created(), shared('p2'), unshared('p2')).when(share('p3', { members: 1 })).decides(shared('p3'));
    given(created()).when(share('p2', { members: 0 })).refuses('QuotaExceeded');
  });

  it('user-asks 26: takes several members at once, all of them or none, each once', () => {
    given(created()).when(shareAll(['p2', 'p3', 'p2'])).decides(shared('p2'), shared('p3'));
    given(created(), shared('p3')).when(shareAll(['p2', 'p3'])).refuses('MemberExists');
    given(created(), shared('p2')).when(shareAll(['p3', 'p4'], 2)).refuses('QuotaExceeded');
    given(created(), shared('p2')).when(shareAll(['p3', 'p4'], 3)).decides(shared('p3'), shared('p4'));
  });

  it.each(['public', 'private', 'community'] as const)('is refused while the image is %s', (visibility) => {
    const image = [created(), shared('p2'), turned(visibility)];
    given(...image).when(share('p3')).refuses('NotShared');
    given(...image).when(decide('p2', 'accepted')).refuses('NotShared');
    given(...image).when(unshare('p2')).refuses('NotShared');
  });

  it('goes on as it was when the image is shared again', () => {
    given(created(), shared('p2'), turned('private'), turned('shared')).when(decide('p2', 'accepted')).decides(decided('p2', 'accepted'));
  });

  it('refuses an image that is not there, or not any more', () => {
    for (const command of [share('p2'), decide('p2', 'accepted'), unshare('p2')]) {
      given().when(command).refuses('ImageNotFound');
      given(created(), shared('p2'), deleted()).when(command).refuses('ImageNotFound');
    }
  });
});

describe('deciding on a membership', () => {
  it.each<[MemberStatus, MemberStatus]>([
    ['pending', 'accepted'], ['pending', 'rejected'], ['accepted', 'rejected'], ['rejected', 'accepted'], ['accepted', 'pending'],
  ])('goes from %s to %s', (from, to) => {
    given(created(), shared('p2'), decided('p2', from)).when(decide('p2', to)).decides(decided('p2', to));
    expect(firstMember(created(), shared('p2'), decided('p2', from), decided('p2', to))).toMatchObject({ status: to });
  });

  it('writes nothing where it has that status', () => {
    given(created(), shared('p2')).when(decide('p2', 'pending')).decides();
    given(created(), shared('p2'), decided('p2', 'accepted')).when(decide('p2', 'accepted')).decides();
  });

  it('refuses who is no member, or not any more', () => {
    given(created(), shared('p2')).when(decide('p3', 'accepted')).refuses('MemberNotFound');
    given(created(), shared('p2'), unshared('p2')).when(decide('p2', 'accepted')).refuses('MemberNotFound');
  });
});

describe('unsharing an image', () => {
  it('ends the membership, once', () => {
    given(created(), shared('p2'), shared('p3')).when(unshare('p2')).decides(unshared('p2'));
    expect(firstMember(created(), shared('p2'), shared('p3'), unshared('p2'))).toMatchObject({ member: 'p3' });
    given(created(), shared('p2'), unshared('p2')).when(unshare('p2')).refuses('MemberNotFound');
  });
});
