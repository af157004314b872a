import { PROJECTS, withKeystone, withoutKeystone } from '../support/clouds.js';
import { GRUB_ISO } from '../support/real-images.js';
import type { Server } from '../support/server.js';
import { EMBEDDED, FAKEAUTH, tell, words, type Step, type Typed } from '../support/story.js';

const GRUB = '0c000000-0000-4000-8000-000000000001';
const SHARED = '0c000000-0000-4000-8000-000000000002';
const NOBODY = '0c000000-0000-4000-8000-00000000dead';

/** What everybody may do with images of his own. */
const IMAGES: readonly Step[] = [
  { title: 'nothing is listed at first', run: 'list -f json', says: ['[]'] },
  { title: 'an ISO is uploaded with its properties and tags, under an id of the client’s',
    run: `create grub --id ${GRUB} --disk-format iso --container-format bare --property os_distro=none --tag rescue --min-disk 1 --min-ram 64 --file ${GRUB_ISO}`,
    fields: { id: GRUB, name: 'grub', disk_format: 'iso', min_disk: '1', min_ram: '64', tags: 'rescue' }, says: ["os_distro='none'"] },
  { title: 'an image is shown by its name', run: 'show grub', fields: { id: GRUB, status: 'active', size: '5081088', checksum: 'add39b8ebb537fa0b7dcaaa22ac95c22', visibility: 'shared' } },
  { title: 'an image is shown by its id', run: `show ${GRUB} -f value -c name`, says: ['grub'] },
  { title: 'a size is shown for people', run: 'show grub --human-readable', fields: { size: '5.1M' } },
  { title: 'nothing is shown under a name that no image has', run: 'show lilo', code: 1, says: ['No Image found for lilo'] },
  { title: 'nothing is shown under an id that no image has', run: `show ${NOBODY}`, code: 1, says: [NOBODY] },
  { title: 'an id is given once', run: `create other --id ${GRUB}`, code: 1, says: ['409'] },
  { title: 'an image is created from a pipe', run: 'create piped --disk-format raw --private', input: 'piped', fields: { name: 'piped', disk_format: 'raw', container_format: 'bare', visibility: 'private' } },
  { title: 'what came from a pipe is there', run: 'show piped', fields: { size: '5', status: 'active' } },
  { title: 'images are listed by name', run: 'list', says: ['grub', 'piped'] },
  { title: 'images are listed with what they are', run: 'list --long', says: ['iso', '5081088', 'shared', 'rescue', 'private'] },
  { title: 'images are sorted as asked', run: 'list --sort name:desc', says: ['piped', 'grub'] },
  { title: 'images are sorted by size', run: 'list --sort size:asc,name:asc', says: ['piped', 'grub'] },
  { title: 'an unknown sort key is refused', run: 'list --sort colour:asc', code: 1, says: ['colour'] },
  { title: 'a list is limited', run: 'list --limit 1', says: ['piped'], hides: ['grub'] },
  { title: 'a list goes on after a marker', run: 'list --marker piped', says: ['grub'], hides: ['piped'] },
  { title: 'images are found by name', run: 'list --name grub', says: ['grub'], hides: ['piped'] },
  { title: 'images are found by status', run: 'list --status queued', hides: ['grub', 'piped'] },
  { title: 'images are found by visibility', run: 'list --private', says: ['piped'], hides: ['grub'] },
  { title: 'shared images are found', run: 'list --shared', says: ['grub'], hides: ['piped'] },
  { title: 'images of all visibilities are found', run: 'list --all', says: ['grub', 'piped'] },
  { title: 'images are found by tag', run: 'list --tag rescue', says: ['grub'], hides: ['piped'] },
  { title: 'images are found by a property', run: 'list --property os_distro=none', says: ['grub'], hides: ['piped'] },
  { title: 'an image is saved, and the client finds its hash right', run: 'save --file saved.iso grub' },
  { title: 'an image is printed', run: 'save piped', says: ['piped'] },
  { title: 'attributes, properties and tags are set', run: 'set grub --name rescue --min-ram 128 --property os_version=2 --property architecture=x86_64 --tag blue --protected' },
  { title: 'what was set is there', run: 'show rescue', fields: { min_ram: '128', protected: 'True' }, says: ["architecture='x86_64'", "os_version='2'", 'blue', 'rescue'] },
  { title: 'a protected image stays', run: 'delete rescue', code: 1, says: ['Failed to delete 1 of 1 images'] },
  { title: 'properties and tags go', run: 'unset rescue --property architecture --tag blue' },
  { title: 'what was unset is gone', run: 'show rescue', says: ["os_version='2'"], hides: ['architecture', 'blue'] },
  { title: 'an image is hidden', run: 'set rescue --hidden' },
  { title: 'a hidden image is not listed', run: 'list', says: ['piped'], hides: ['rescue'] },
  { title: 'hidden images are listed when asked for', run: 'list --hidden', says: ['rescue'], hides: ['piped'] },
  { title: 'a hidden image is found by its name', run: 'show rescue', fields: { id: GRUB } },
  { title: 'an image is shown again', run: 'set rescue --unhidden --unprotected' },
  { title: 'an image is deactivated', run: 'set piped --deactivate' },
  { title: 'a deactivated image says so', run: 'show piped', fields: { status: 'deactivated' } },
  { title: 'an image is activated', run: 'set piped --activate' },
  { title: 'an activated image can be read', run: 'save piped', says: ['piped'] },
  { title: 'several images are deleted by name', run: 'delete rescue piped' },
  { title: 'nothing is left', run: 'list -f json', says: ['[]'] },
];

/** Between two projects: alice owns, bob is asked, root runs the cloud. */
const SHARING: readonly Step[] = [
  { title: 'an image is created to be shared', run: `create tool --id ${SHARED} --disk-format raw --shared`, input: 'hello', fields: { visibility: 'shared', owner: PROJECTS.red } },
  { title: 'another project does not find it', as: 'bob', run: `show ${SHARED}`, code: 1, says: [SHARED] },
  { title: 'another project is asked', run: `add project tool ${PROJECTS.blue}`, fields: { image_id: SHARED, member_id: PROJECTS.blue, status: 'pending' } },
  { title: 'an owner sees whom it asked', run: 'member list tool', says: [PROJECTS.blue, 'pending'] },
  { title: 'a project lists what it is asked about', as: 'bob', run: 'list --shared --member-status pending', says: ['tool'] },
  { title: 'a project does not list what it has not accepted', as: 'bob', run: 'list', hides: ['tool'] },
  { title: 'a project accepts', as: 'bob', run: `set ${SHARED} --accept` },
  { title: 'a project lists what it accepted', as: 'bob', run: 'list', says: ['tool'] },
  { title: 'a project reads what it accepted', as: 'bob', run: 'save tool', says: ['hello'] },
  { title: 'a project does not change what it accepted', as: 'bob', run: 'set tool --name ours', code: 1, says: ['403'] },
  { title: 'a project rejects', as: 'bob', run: `set ${SHARED} --reject` },
  { title: 'a project does not list what it rejected', as: 'bob', run: 'list', hides: ['tool'] },
  { title: 'a project is no longer a member', run: `remove project tool ${PROJECTS.blue}` },
  { title: 'who is no member does not find it', as: 'bob', run: `show ${SHARED}`, code: 1, says: [SHARED] },
  { title: 'an owner may not publish', run: 'set tool --public', code: 1, says: ['403'] },
  { title: 'an owner gives it to the community', run: 'set tool --community' },
  { title: 'the community finds it when it asks', as: 'bob', run: 'list --community', says: ['tool'] },
  { title: 'an admin publishes', as: 'root', run: `set ${SHARED} --public` },
  { title: 'everybody lists what is public', as: 'bob', run: 'list --public', says: ['tool'] },
  { title: 'others do not delete it', as: 'bob', run: 'delete tool', code: 1, says: ['403'] },
  { title: 'an admin finds it by its owner', as: 'root', run: `list --project ${PROJECTS.red}`, says: ['tool'] },
  { title: 'an owner deletes', run: 'delete tool' },
];

const openstack = (_: Server, { as = 'alice', run }: Step): Typed => ({ client: 'openstack', argv: ['--os-cloud', as, 'image', ...words(run)] });

describe('python-openstackclient, where nobody authenticates', () => tell(EMBEDDED, IMAGES, openstack, withoutKeystone));

describe('python-openstackclient, two projects', () => tell(FAKEAUTH, [...IMAGES, ...SHARING], openstack, withKeystone));
