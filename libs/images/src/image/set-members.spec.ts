import { givenFor } from '#event-store';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, decided, IMAGE_ID, NO_QUOTAS, shared, unshared } from './image.fixture.js';
import { imageOf } from './image.js';
import { SetMembers, type MembersChange } from './set-members.js';

const given = givenFor(imageDecider);
const set = (change: MembersChange, members = -1) => new SetMembers(CONTEXT, IMAGE_ID, change, { ...NO_QUOTAS, members });

describe('members as version 1 sets them', () => {
  it('are added, and may share further where that is said', () => {
    given(created()).when(set({ given: [{ member: 'p2' }] })).decides(shared('p2', false));
    given(created()).when(set({ given: [{ member: 'p2', canShare: true }] })).decides(shared('p2', true));
  });

  it('keep what is not said, and what they have decided', () => {
    given(created(), shared('p2', true)).when(set({ given: [{ member: 'p2' }] })).decides();
    given(created(), shared('p2', true), decided('p2', 'accepted')).when(set({ given: [{ member: 'p2', canShare: false }] })).decides(shared('p2', false), decided('p2', 'accepted'));
  });

  it('are replaced at once: those that are not named go', () => {
    given(created(), shared('p2'), shared('p3', true)).when(set({ given: [{ member: 'p3' }, { member: 'p4' }], removed: 'others' })).decides(unshared('p2'), shared('p4', false));
    given(created(), shared('p2')).when(set({ given: [], removed: 'others' })).decides(unshared('p2'));
  });

  it('are removed one by one, and only where they are members', () => {
    given(created(), shared('p2')).when(set({ removed: { member: 'p2' } })).decides(unshared('p2'));
    given(created()).when(set({ removed: { member: 'p2' } })).refuses('MemberNotFound');
  });

  it('see a private image too, which is shared from then on', () => {
    const state = given(created({ visibility: 'private' })).when(set({ given: [{ member: 'p2' }] })).state();
    expect(imageOf(IMAGE_ID, state)).toMatchObject({ visibility: 'shared', members: [{ member: 'p2' }] });
    expect(imageOf(IMAGE_ID, given(created({ visibility: 'public' })).when(set({ given: [{ member: 'p2' }] })).state())?.visibility).toBe('public');
  });

  it('are no more than the quota allows', () => {
    given(created(), shared('p2')).when(set({ given: [{ member: 'p3' }] }, 1)).refuses('QuotaExceeded');
    given(created(), shared('p2')).when(set({ given: [{ member: 'p3' }], removed: 'others' }, 1)).decides(unshared('p2'), shared('p3', false));
  });
});
