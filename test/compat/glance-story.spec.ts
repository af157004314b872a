import { GRUB_ISO } from '../support/real-images.js';
import { EMBEDDED, FAKEAUTH, glance, tell, type Step } from '../support/story.js';

const GRUB = '0a000000-0000-4000-8000-000000000001';
const EMPTY = '0a000000-0000-4000-8000-000000000002';
const PIPED = '0A000000-0000-4000-8000-000000000003';
const NOBODY = '0a000000-0000-4000-8000-00000000dead';
const HELLO_MD5 = '5d41402abc4b2a76b9719d911017c592';

/** What everybody may do with images of his own. */
const IMAGES: readonly Step[] = [
  { title: 'the schema names what an image has', run: 'explain image', says: ['visibility', 'os_hash_value', 'container_format'] },
  { title: 'import methods are named', run: 'import-info', says: ['import-methods', 'value'] },
  { title: 'a single store is not several', run: 'stores-info', code: 1, says: ['Multi Backend support is not enabled'] },
  { title: 'a bootable ISO is uploaded with its properties, tags and an id chosen by the client',
    run: `image-create --id ${GRUB} --name grub --disk-format iso --container-format bare --property os_distro=none --tags rescue --min-ram 64 --file ${GRUB_ISO} --progress`,
    fields: { id: GRUB, name: 'grub', status: 'active', size: '5081088', os_hash_algo: 'sha512', os_distro: 'none', min_ram: '64', visibility: 'shared', tags: '["rescue"]', os_hidden: 'False' } },
  { title: 'an id is given once', run: `image-create --id ${GRUB} --name other`, code: 1, says: ['409'] },
  { title: 'an id is a UUID', run: 'image-create --id 7 --name other', code: 1, says: ['7'] },
  { title: 'an image can be created without anything', run: `image-create --id ${EMPTY}`, fields: { id: EMPTY, name: 'None', status: 'queued', size: 'None', disk_format: 'None', checksum: 'None' } },
  { title: 'data needs formats', run: `image-upload ${EMPTY}`, input: 'hello', code: 1, says: ['400'] },
  { title: 'an image without data downloads as nothing', run: `image-download ${EMPTY}`, code: 1, says: ['no data'] },
  { title: 'formats can be set later', run: `image-update ${EMPTY} --disk-format raw --container-format bare --name empty`, fields: { disk_format: 'raw', name: 'empty' } },
  { title: 'data comes from a pipe', run: `image-upload ${EMPTY}`, input: 'hello' },
  { title: 'data is there', run: `image-show ${EMPTY}`, fields: { status: 'active', size: '5', checksum: HELLO_MD5, virtual_size: '5' } },
  { title: 'data comes once', run: `image-upload ${EMPTY}`, input: 'again', code: 1, says: ['409'] },
  { title: 'formats are settled once data is there', run: `image-update ${EMPTY} --disk-format qcow2`, code: 1, says: ['403'] },
  { title: 'an image is created with data from a pipe, and its id keeps its case', run: `image-create --id ${PIPED} --name piped --disk-format raw --container-format bare --hidden True --property 'note=two words'`, input: 'piped',
    fields: { id: PIPED, status: 'active', size: '5', os_hidden: 'True', note: 'two words' } },
  { title: 'data is printed', run: `image-download ${EMPTY}`, says: ['hello'] },
  { title: 'data is saved and verified by its hash', run: `image-download ${GRUB} --file saved.iso --progress` },
  { title: 'a size is shown for people', run: `image-show ${GRUB} --human-readable`, fields: { size: '4.8MB' } },
  { title: 'nothing is there of an unknown id', run: `image-show ${NOBODY}`, code: 1, says: [`No image found with ID ${NOBODY}`] },
  { title: 'a hidden image is not in the list', run: 'image-list', says: ['grub'], hides: ['piped'] },
  { title: 'hidden images are listed when asked for', run: 'image-list --hidden True', says: ['piped'], hides: ['grub'] },
  { title: 'images are sorted by name', run: 'image-list --sort name:asc', says: ['empty', 'grub'] },
  { title: 'images are sorted by several keys and directions', run: 'image-list --sort-key size --sort-dir desc --sort-key name --sort-dir asc', says: ['grub', 'empty'] },
  { title: 'an unknown sort key is refused', run: 'image-list --sort colour:asc', code: 1, says: ['sort key: colour'] },
  { title: 'a list is limited', run: 'image-list --limit 1 --sort name:desc', says: ['grub'], hides: ['empty'] },
  { title: 'a list is read in pages of one', run: 'image-list --page-size 1', says: [EMPTY, GRUB] },
  { title: 'images are found by tag', run: 'image-list --tag rescue', says: ['grub'], hides: ['empty'] },
  { title: 'all tags asked for must be there', run: 'image-list --tag rescue --tag blue', hides: ['grub'] },
  { title: 'images are found by checksum', run: `image-list --checksum ${HELLO_MD5}`, says: ['empty'], hides: ['grub'] },
  { title: 'images are found by visibility', run: 'image-list --visibility private', hides: ['grub', 'empty'] },
  { title: 'images are found by a property of their own', run: 'image-list --property-filter os_distro=none', says: ['grub'], hides: ['empty'] },
  { title: 'images are found by size', run: 'image-list --property-filter size_min=6', says: ['grub'], hides: ['empty'] },
  { title: 'images are found by one of several names', run: 'image-list --property-filter name=in:grub,lilo', says: ['grub'], hides: ['empty'] },
  { title: 'images are found by time', run: 'image-list --property-filter created_at=gt:2020-01-01T00:00:00Z', says: ['empty', 'grub'] },
  { title: 'a time that is none is refused', run: 'image-list --property-filter created_at=gt:noon', code: 1, says: ['400'] },
  { title: 'images are found by status', run: 'image-list --property-filter status=queued', hides: ['grub', 'empty'] },
  { title: 'attributes and properties change, and properties go',
    run: `image-update ${GRUB} --name rescue --property architecture=x86_64 --remove-property os_distro --protected True --visibility private --min-disk 1`,
    fields: { name: 'rescue', architecture: 'x86_64', protected: 'True', visibility: 'private', min_disk: '1' }, hides: ['os_distro'] },
  { title: 'what the server keeps cannot be set', run: `image-update ${GRUB} --property status=queued`, code: 1, says: ['403'] },
  { title: 'a protected image stays', run: `image-delete ${GRUB}`, code: 1, says: ['not permitted to delete'] },
  { title: 'a tag is added', run: `image-tag-update ${GRUB} blue` },
  { title: 'a tag is added once', run: `image-tag-update ${GRUB} blue` },
  { title: 'both tags find the image', run: 'image-list --tag rescue --tag blue', says: ['rescue'] },
  { title: 'a tag goes', run: `image-tag-delete ${GRUB} blue` },
  { title: 'a tag that is not there cannot go', run: `image-tag-delete ${GRUB} blue`, code: 1, says: ['404'] },
  { title: 'an image is deactivated', run: `image-deactivate ${EMPTY}` },
  { title: 'a deactivated image says so', run: `image-show ${EMPTY}`, fields: { status: 'deactivated' } },
  { title: 'an image is reactivated', run: `image-reactivate ${EMPTY}` },
  { title: 'a reactivated image can be read', run: `image-download ${EMPTY}`, says: ['hello'] },
  { title: 'tasks of images are not offered with a single store', run: `image-tasks ${EMPTY}`, code: 1, says: ['v2.12'] },
  { title: 'the use of quotas is told', run: 'usage' },
  { title: 'quotas that nobody keeps are not told', run: 'usage', says: ['Quota', 'Limit', 'Usage'] },
  { title: 'protection is lifted', run: `image-update ${GRUB} --protected False`, fields: { protected: 'False' } },
  { title: 'of several images those that are there are deleted', run: `image-delete ${GRUB} ${NOBODY} ${EMPTY}`, code: 1, says: [NOBODY] },
  { title: 'what is deleted is gone', run: 'image-list', hides: [GRUB, EMPTY] },
  { title: 'the id of a deleted image is not given again', run: `image-create --id ${EMPTY} --name again`, code: 1, says: ['409'] },
  { title: 'the last image is deleted', run: `image-delete ${PIPED}` },
];

describe('python-glanceclient, where nobody authenticates', () => tell(EMBEDDED, IMAGES, glance));

describe('python-glanceclient, as a member of a project', () => tell(FAKEAUTH, IMAGES, glance));
