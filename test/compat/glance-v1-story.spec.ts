import { Origin } from '../support/origin.js';
import { GRUB_ISO } from '../support/real-images.js';
import { FAKEAUTH, glance, tell, TOKENS, type Step, type Typed } from '../support/story.js';
import type { Server } from '../support/server.js';

const GRUB = '1a000000-0000-4000-8000-000000000001';
const PIPED = '1a000000-0000-4000-8000-000000000002';
const EMPTY = '1a000000-0000-4000-8000-000000000003';
const AWAY = '1a000000-0000-4000-8000-000000000004';
const COPY = '1a000000-0000-4000-8000-000000000005';
const LOST = '1a000000-0000-4000-8000-000000000006';
const OFFICIAL = '1a000000-0000-4000-8000-000000000007';
const KILLED = '1a000000-0000-4000-8000-000000000008';
const LATER = '1a000000-0000-4000-8000-000000000009';
const BOBS = '1a000000-0000-4000-8000-00000000000a';
const COMMUNITY = '1a000000-0000-4000-8000-00000000000b';
const HIDDEN = '1a000000-0000-4000-8000-00000000000c';
const PRIVATE = '1a000000-0000-4000-8000-00000000000d';
const STAGED = '1a000000-0000-4000-8000-00000000000e';
const KERNEL = '1a000000-0000-4000-8000-00000000000f';
const NOBODY = '1a000000-0000-4000-8000-00000000dead';
const GRUB_MD5 = 'add39b8ebb537fa0b7dcaaa22ac95c22';
const HELLO_MD5 = '5d41402abc4b2a76b9719d911017c592';
const RAW = '--disk-format raw --container-format bare';
const md5Of = (id: string): string => `hashlib.md5(b''.join(v1.images.data('${id}'))).hexdigest()`;

/** Images come to be, from everywhere that there is. */
const CREATED: readonly Step[] = [
  { title: 'an ISO is created from a file, with properties whose names are folded',
    run: `image-create --id ${GRUB} --name grub --disk-format iso --container-format bare --min-disk 1 --min-ram 64 --property Os-Distro=none --property release=12 --file ${GRUB_ISO} --progress`,
    fields: { id: GRUB, name: 'grub', status: 'active', size: '5081088', checksum: GRUB_MD5, is_public: 'False', protected: 'False', deleted: 'False', owner: 'red', min_disk: '1', min_ram: '64', "Property 'os_distro'": 'none', "Property 'release'": '12' } },
  { title: 'an id is given once', run: `image-create --id ${GRUB} --name other ${RAW}`, code: 1, says: ['409'] },
  { title: 'an id is a UUID', run: `image-create --id 7 --name other ${RAW}`, code: 1, says: ['400'] },
  { title: 'data comes from standard input', run: `image-create --id ${PIPED} --name piped ${RAW}`, input: 'hello', fields: { status: 'active', size: '5', checksum: HELLO_MD5 } },
  { title: 'data of a length that nobody tells is taken in chunks', run: `v1.images.create(name='chunks', disk_format='raw', container_format='bare', data=Pipe(b'x' * 5000))`, says: ['"size": 5000', '"status": "active"'] },
  { title: 'data that has its checksum is taken', run: `image-create --name checked ${RAW} --checksum ${HELLO_MD5}`, input: 'hello', fields: { status: 'active', checksum: HELLO_MD5 } },
  { title: 'data of another checksum is refused', run: `image-create --id ${KILLED} --name broken ${RAW} --checksum ${GRUB_MD5}`, input: 'hello', code: 1, says: ['400'] },
  { title: 'and leaves an image that is killed', run: `image-show ${KILLED}`, fields: { status: 'killed' } },
  { title: 'version 2 shows a killed image by its id', run: `v2 image-show ${KILLED}`, fields: { status: 'killed', size: 'None' } },
  { title: 'version 2 lists no killed image', run: 'v2 image-list', says: ['grub'], hides: ['broken'] },
  { title: 'data needs formats', run: 'image-create --name bare', input: 'hello', code: 1, says: ['Must provide', 'when using stdin'] },
  { title: 'and the server says so too', run: `v1.images.create(name='bare', data=Pipe(b'hello'))`, code: 1, says: ['400', 'disk_format'] },
  { title: 'a format of Amazon goes for the container too', run: `image-create --id ${KERNEL} --name kernel --disk-format aki`, fields: { status: 'queued', disk_format: 'aki', container_format: 'aki' } },
  { title: 'formats of Amazon are not mixed', run: 'image-create --name mixed --disk-format aki --container-format bare', code: 1, says: ['400'] },
  { title: 'an unknown format is refused', run: 'image-create --name odd --disk-format floppy --container-format bare', code: 1, says: ['400'] },
  { title: 'an image of no bytes is active at once', run: `image-create --id ${EMPTY} --name empty ${RAW} --size 0`, fields: { status: 'active', size: '0' } },
  { title: 'an image waits for its data', run: `image-create --id ${LATER} --name later`, fields: { status: 'queued', size: '0' } },
  { title: 'data can stay on the web', run: `image-create --id ${AWAY} --name away ${RAW} --location http://web/hello`, fields: { status: 'active', size: '5' }, hides: ['web', 'location'] },
  { title: 'a file of the server is no location', run: `image-create --name passwd ${RAW} --location file:///etc/passwd`, code: 1, says: ['400'] },
  { title: 'nor is it copied', run: `image-create --name passwd ${RAW} --copy-from file:///etc/passwd`, code: 1, says: ['400'] },
  { title: 'a location where nothing is makes no image', run: `image-create --name nothing ${RAW} --location http://web/nothing`, code: 1, says: ['404'] },
  { title: 'a location of another size than is said makes no image', run: `image-create --name other ${RAW} --location http://web/hello --size 7`, code: 1, says: ['409'] },
  { title: 'an unknown store is refused', run: `image-create --name stored ${RAW} --store tape`, input: 'hello', code: 1, says: ['400'] },
  { title: 'a copy is answered before a byte has come', run: `image-create --id ${COPY} --name copy ${RAW} --copy-from http://web/hello`, fields: { status: 'queued' } },
  { title: 'the copy is made', run: `image-show ${COPY}`, fields: { status: 'active', size: '5', checksum: HELLO_MD5 }, soon: true },
  { title: 'a copy of nothing is taken', run: `image-create --id ${LOST} --name lost ${RAW} --copy-from http://web/nothing`, fields: { status: 'queued' } },
  { title: 'and kills the image', run: `image-show ${LOST}`, fields: { status: 'killed' }, soon: true },
  { title: 'a member publishes nothing', run: `image-create --name official ${RAW} --is-public True`, code: 1, says: ['403'] },
  { title: 'an admin publishes', as: 'root', run: `image-create --id ${OFFICIAL} --name official ${RAW} --is-public True --is-protected True`, input: 'hello', fields: { is_public: 'True', protected: 'True', owner: 'operators' } },
  { title: 'an admin names the owner', as: 'root', run: `image-create --id ${BOBS} --name bobs ${RAW} --owner blue`, input: 'bob', fields: { owner: 'blue', is_public: 'False' } },
  { title: 'nobody else does', run: `image-create --name mine ${RAW} --owner blue --property mine=1`, fields: { owner: 'red' } },
  { title: 'a negative number is refused', run: `image-create --name less ${RAW} --min-ram=-1`, code: 1, says: ['400'] },
];

const SHOWN: readonly Step[] = [
  { title: 'an image is shown by its id', run: `image-show ${GRUB}`, fields: { id: GRUB, name: 'grub', size: '5081088', "Property 'os_distro'": 'none' }, hides: ['location'] },
  { title: 'an image is shown by its name', run: 'image-show grub', fields: { id: GRUB } },
  { title: 'a size is shown for people', run: 'image-show grub --human-readable', fields: { size: '4.8MB' } },
  { title: 'nothing is there of an unknown id', run: `image-show ${NOBODY}`, code: 1, says: [NOBODY] },
  { title: 'what belongs to others is not there', as: 'bob', run: `image-show ${GRUB}`, code: 1, says: [GRUB] },
  { title: 'what is public is there for all', as: 'bob', run: `image-show ${OFFICIAL}`, fields: { name: 'official', is_public: 'True' } },
  { title: 'data is printed', run: 'image-download piped', says: ['hello'] },
  { title: 'data is saved and verified', run: `image-download ${GRUB} --file v1.iso --progress` },
  { title: 'what is downloaded is what was uploaded', run: md5Of(GRUB), says: [GRUB_MD5] },
  { title: 'data on the web is read from there', run: `image-download ${AWAY}`, says: ['hello'] },
  { title: 'no bytes are downloaded of an image that has none', run: `len(b''.join(v1.images.data('${EMPTY}')))`, says: ['0'] },
  { title: 'an image that waits has nothing to download', run: `image-download ${LATER}`, code: 1, says: ['404'] },
];

const LISTED: readonly Step[] = [
  { title: 'a member lists its own and what is public', run: 'image-list', says: ['grub', 'kernel', 'official', 'piped'], hides: ['bobs', 'broken', 'lost'] },
  { title: 'images are found by name', run: 'image-list --name grub', says: ['grub'], hides: ['piped'] },
  { title: 'images are found by status', run: 'image-list --status queued', says: ['kernel', 'later'], hides: ['grub'] },
  { title: 'images are found by container format', run: 'image-list --container-format aki', says: ['kernel'], hides: ['grub'] },
  { title: 'images are found by disk format', run: 'image-list --disk-format iso', says: ['grub'], hides: ['piped'] },
  { title: 'images are found by least size', run: 'image-list --size-min 5081088', says: ['grub'], hides: ['chunks'] },
  { title: 'images are found by greatest size', run: 'image-list --size-max 5000', says: ['chunks', 'piped'], hides: ['grub'] },
  { title: 'images are found by a property', run: 'image-list --property-filter os_distro=none', says: ['grub'], hides: ['piped'] },
  { title: 'a list is read in pages of one, each image once', run: "(lambda ids: [len(ids), len(ids) - len(set(ids))])([image.id for image in v1.images.list(page_size=1)])", says: ['[11, 0]'] },
  { title: 'pages of two say the same as one', run: 'image-list --page-size 2', says: ['away', 'checked', 'chunks', 'copy', 'empty', 'grub', 'kernel', 'later', 'mine', 'official', 'piped'] },
  { title: 'images are sorted by size, downwards', run: 'image-list --sort-key size --sort-dir desc', says: ['grub', 'chunks', 'piped'] },
  { title: 'images are sorted by name, downwards', run: 'image-list --sort-key name --sort-dir desc', says: ['piped', 'grub', 'away'] },
  { title: 'a client that sends a sort key of its own is refused', run: "v1.http_client.get('/v1/images?sort_key=colour')", code: 1, says: ['400'] },
  { title: 'images are found by when they changed', run: 'image-list --changes-since 2020-01-01T00:00:00', says: ['grub'] },
  { title: 'nothing has changed since tomorrow', run: 'image-list --changes-since 2100-01-01T00:00:00', hides: ['grub'] },
  { title: 'a time that is none is refused', run: 'image-list --changes-since noon', code: 1, says: ['400'] },
  { title: 'an admin lists as anybody, where it asks for nothing else', as: 'root', run: 'image-list', says: ['official'], hides: ['grub', 'bobs'] },
  { title: 'an admin lists what is of all', as: 'root', run: 'image-list --all-tenants', says: ['bobs', 'grub', 'official'] },
  { title: 'an admin lists what is not public', as: 'root', run: 'image-list --is-public False', says: ['bobs', 'grub'], hides: ['official'] },
  { title: 'a member lists all of nobody else', run: 'image-list --all-tenants', says: ['grub'], hides: ['bobs'] },
  { title: 'images are found by owner', as: 'root', run: 'image-list --owner blue', says: ['bobs'], hides: ['grub', 'official'] },
  { title: 'a list shows sizes for people', run: 'image-list --human-readable', says: ['4.8MB'] },
];

const CHANGED: readonly Step[] = [
  { title: 'attributes change and properties stay', run: `image-update ${GRUB} --name rescue --min-ram 128 --property release=13`, fields: { name: 'rescue', min_ram: '128', "Property 'release'": '13', "Property 'os_distro'": 'none' } },
  { title: 'an image is changed by its name', run: 'image-update rescue --name grub', fields: { id: GRUB, name: 'grub' } },
  { title: 'properties that are not named are purged when asked for', run: `image-update ${GRUB} --purge-props --property release=14`, fields: { "Property 'release'": '14' }, hides: ['os_distro'] },
  { title: 'a raw PUT purges without being asked', run: `v1.http_client.put('/v1/images/${GRUB}', headers={'x-image-meta-property-arch': 'arm'})[1]['image']['properties']`, says: ['{"arch": "arm"}'] },
  { title: 'data comes later, with formats', run: `image-update ${LATER} ${RAW} --file ${GRUB_ISO} --progress`, fields: { status: 'active', checksum: GRUB_MD5 } },
  { title: 'data comes once', run: `image-update ${LATER} --file ${GRUB_ISO}`, code: 1, says: ['Unable to upload image data'] },
  { title: 'and the server takes none a second time', run: `v1.images.update('${LATER}', data=Pipe(b'again'))`, code: 1, says: ['409'] },
  { title: 'data comes from a pipe to an image that waits', run: `image-update ${KERNEL}`, input: 'kernel', fields: { status: 'active', size: '6' } },
  { title: 'an active image gets no other location', run: `image-update ${LATER} --location http://web/hello`, code: 1, says: ['400'] },
  { title: 'a status is not the client\'s to set', run: `v1.http_client.put('/v1/images/${LATER}', headers={'x-image-meta-status': 'queued'})`, code: 1, says: ['403'] },
  { title: 'nor is a size of what is active', run: `image-update ${LATER} --size 7`, code: 1, says: ['403'] },
  { title: 'an owner cannot give its image away', run: `image-update ${LATER} --owner blue`, fields: { owner: 'red' } },
  { title: 'a name is kept as the client writes it, which is not as it was typed', run: `image-update ${COPY} --name 'two words'`, fields: { name: 'two%20words' } },
  { title: 'a header that means nothing is refused', run: `v1.http_client.put('/v1/images/${LATER}', headers={'x-image-meta-colour': 'red'})`, code: 1, says: ['400'] },
  { title: 'a member cannot publish later', run: `image-update ${LATER} --is-public True`, code: 1, says: ['403'] },
  { title: 'an admin can', as: 'root', run: `image-update ${LATER} --is-public True`, fields: { is_public: 'True' } },
  { title: 'and takes it back', as: 'root', run: `image-update ${LATER} --is-public False`, fields: { is_public: 'False' } },
  { title: 'others change nothing of what is public', as: 'bob', run: `image-update ${OFFICIAL} --name mine`, code: 1, says: ['403'] },
  { title: 'nor do they see what is not theirs', as: 'bob', run: `v1.images.update('${GRUB}', name='mine')`, code: 1, says: ['404'] },
];

const SHARED: readonly Step[] = [
  { title: 'an owner shares, and lets it be shared on', run: `member-create ${GRUB} blue --can-share` },
  { title: 'members of an image are listed', run: `member-list --image-id ${GRUB}`, says: [GRUB, 'blue', 'True'] },
  { title: 'images of a member are listed', as: 'bob', run: 'member-list --tenant-id blue', says: [GRUB, 'blue', 'True'] },
  { title: 'a member reads at once', as: 'bob', run: md5Of(GRUB), says: [GRUB_MD5] },
  { title: 'a member has it in its list', as: 'bob', run: 'image-list', says: ['grub'] },
  { title: 'a member shares on', as: 'bob', run: 'member-create grub green' },
  { title: 'the next one sees it', as: 'carol', run: 'image-show grub', fields: { id: GRUB } },
  { title: 'who may not share does not', as: 'carol', run: `member-create ${GRUB} yellow`, code: 1, says: ['404'] },
  { title: 'to be shared with again says what is new', run: `member-create ${GRUB} blue` },
  { title: 'a member that may no more share does not', as: 'bob', run: `member-create ${GRUB} yellow`, code: 1, says: ['404'] },
  { title: 'version 2 has the same members', run: `v2 member-list --image-id ${GRUB}`, says: ['blue', 'pending', 'green', 'pending'] },
  { title: 'a member is removed', run: `member-delete ${GRUB} blue` },
  { title: 'it sees nothing more', as: 'bob', run: `image-show ${GRUB}`, code: 1, says: [GRUB] },
  { title: 'who is no member cannot be removed', run: `member-delete ${GRUB} blue`, code: 1, says: ['404'] },
  { title: 'seed 19: an admin shares what others own', as: 'root', run: `member-create ${BOBS} red --can-share` },
  { title: 'seed 19: and what is shared already', as: 'root', run: `member-create ${BOBS} green` },
  { title: 'seed 19: those whom an admin shared with see it', as: 'carol', run: 'image-show bobs', fields: { id: BOBS, owner: 'blue' } },
  { title: 'all members are replaced', as: 'bob', run: `v1.image_members.replace('${BOBS}', [{'member_id': 'yellow', 'can_share': True}])` },
  { title: 'only the new ones are members', as: 'bob', run: `member-list --image-id ${BOBS}`, says: ['yellow', 'True'], hides: ['red', 'green'] },
  { title: 'images of no member are none', run: 'member-list --tenant-id purple', hides: ['purple'] },
];

const BOTH: readonly Step[] = [
  { title: 'version 2 shows what version 1 made', run: `v2 image-show ${GRUB}`, fields: { name: 'grub', status: 'active', size: '5081088', checksum: GRUB_MD5, visibility: 'shared', owner: 'red', arch: 'arm', min_ram: '128', min_disk: '1', os_hash_algo: 'sha512', os_hidden: 'False', tags: '[]' } },
  { title: 'version 2 downloads what version 1 uploaded', run: `v2 image-download ${PIPED}`, says: ['hello'] },
  { title: 'version 2 shows an image without data', run: `v2 image-show ${EMPTY}`, fields: { status: 'active', size: '0' } },
  { title: 'version 2 shows what is public', as: 'bob', run: `v2 image-show ${OFFICIAL}`, fields: { visibility: 'public', protected: 'True' } },
  { title: 'version 2 makes one for the community', run: `v2 image-create --id ${COMMUNITY} --name community ${RAW} --visibility community --tags blue`, input: 'hello', fields: { visibility: 'community' } },
  { title: 'version 2 makes one that is hidden', run: `v2 image-create --id ${HIDDEN} --name hidden ${RAW} --hidden True`, input: 'hello', fields: { os_hidden: 'True' } },
  { title: 'version 2 makes one that is private', run: `v2 image-create --id ${PRIVATE} --name private ${RAW} --visibility private --property 'note=two words'`, input: 'hello', fields: { visibility: 'private' } },
  { title: 'version 2 names it as people write', run: `v2 image-update ${COMMUNITY} --name 'Jürgen ☃ community'`, fields: { name: 'Jürgen ☃ community' } },
  { title: 'version 1 lists such a name', run: 'image-list', says: ['Jürgen ☃ community'] },
  { title: 'version 1 shows that of the community, which is not public', run: `image-show ${COMMUNITY}`, fields: { is_public: 'False', status: 'active', checksum: HELLO_MD5 }, hides: ['tags', 'hash'] },
  { title: 'version 1 shows that of the community to others', as: 'bob', run: `image-show ${COMMUNITY}`, fields: { is_public: 'False' } },
  { title: 'version 1 lists that of the community for its owner only', as: 'bob', run: 'image-list', says: ['official'], hides: ['community'] },
  { title: 'version 1 shows what is hidden', run: `image-show ${HIDDEN}`, fields: { status: 'active' }, hides: ['os_hidden'] },
  { title: 'version 1 lists what is hidden', run: 'image-list', says: ['community', 'hidden', 'private'] },
  { title: 'version 1 shows what is private, with its properties', run: `image-show ${PRIVATE}`, fields: { is_public: 'False', "Property 'note'": 'two words' } },
  { title: 'version 1 downloads what version 2 uploaded', run: md5Of(PRIVATE), says: [HELLO_MD5] },
  { title: 'what is private is shared as soon as it has a member', run: `member-create ${PRIVATE} blue` },
  { title: 'version 2 says so', run: `v2 image-show ${PRIVATE}`, fields: { visibility: 'shared' } },
  { title: 'version 2 makes one and stages its data', run: `v2 image-create --id ${STAGED} --name staged ${RAW}`, fields: { status: 'queued' } },
  { title: 'data is staged', run: `v2 image-stage ${STAGED}`, input: 'hello' },
  { title: 'version 1 has no word for an image whose data is staged', run: `image-show ${STAGED}`, fields: { status: 'saving' } },
  { title: 'nor does it upload to it', run: `v1.images.update('${STAGED}', data=Pipe(b'again'))`, code: 1, says: ['409'] },
  { title: 'version 2 deactivates', run: `v2 image-deactivate ${PIPED}` },
  { title: 'version 1 shows what is deactivated', run: `image-show ${PIPED}`, fields: { status: 'deactivated' } },
  { title: 'version 1 does not read it', run: `image-download ${PIPED}`, code: 1, says: ['403'] },
  { title: 'an admin reads it', as: 'root', run: md5Of(PIPED), says: [HELLO_MD5] },
  { title: 'version 1 lists it still', run: 'image-list --status deactivated', says: ['piped'] },
  { title: 'an admin lists all of it by version 1', as: 'root', run: 'image-list --all-tenants --page-size 3', says: ['community', 'grub', 'hidden', 'piped', 'private', 'staged'] },
];

const DELETED: readonly Step[] = [
  { title: 'a protected image stays', as: 'root', run: `image-delete ${OFFICIAL}`, says: ['403', 'Unable to delete image'] },
  { title: 'it is there', run: `image-show ${OFFICIAL}`, fields: { status: 'active', protected: 'True' } },
  { title: 'protection is lifted', as: 'root', run: `image-update ${OFFICIAL} --is-protected False`, fields: { protected: 'False' } },
  { title: 'others do not delete what is public', as: 'bob', run: `image-delete ${OFFICIAL}`, says: ['403'] },
  { title: 'an admin deletes it', as: 'root', run: `image-delete ${OFFICIAL}` },
  { title: 'an image is deleted by its name', run: '--verbose image-delete grub', says: ['Requesting image delete for grub', '[Done]'] },
  { title: 'what is deleted is gone', run: `image-show ${GRUB}`, code: 1, says: [GRUB] },
  { title: 'version 2 does not have it either', run: `v2 image-show ${GRUB}`, code: 1, says: [GRUB] },
  { title: 'an admin sees that it was', as: 'root', run: `image-show ${GRUB}`, fields: { status: 'deleted', deleted: 'True' } },
  { title: 'an admin deletes it once', as: 'root', run: `image-delete ${GRUB}`, code: 1, says: [`No image with an ID of '${GRUB}' exists`] },
  { title: 'not even an admin reads what is deleted', as: 'root', run: `image-download ${GRUB}`, code: 1, says: ['404'] },
  { title: 'nor does anybody change it', as: 'root', run: `v1.images.update('${GRUB}', name='again')`, code: 1, says: ['403'] },
  { title: 'what has changed since names what was deleted', run: 'image-list --changes-since 2020-01-01T00:00:00', says: ['grub', 'deleted'] },
  { title: 'the id of a deleted image is not given again', run: `image-create --id ${GRUB} --name again ${RAW}`, code: 1, says: ['409'] },
  { title: 'a killed image is deleted', run: `image-delete ${KILLED} ${LOST}`, hides: ['Unable'] },
  { title: 'several images are deleted', run: `image-delete ${PIPED} ${EMPTY} ${AWAY} ${COPY} ${COMMUNITY} ${HIDDEN} ${PRIVATE}`, hides: ['Unable'] },
  { title: 'what is left is listed', run: 'image-list', says: ['checked', 'chunks', 'kernel', 'later', 'mine', 'staged'], hides: ['piped', 'copy'] },
];

const CONF = `${FAKEAUTH}[import_filtering_opts]
allow_private_addresses = True
allowed_ports =
`;

/** What is an expression is evaluated with the client as a library, for the command line has no way to say it; `http://web` is another server. */
function typed(server: Server, step: Step, web: string): Typed {
  const run = step.run.replaceAll('http://web', web);
  if (/^(v1\.|hashlib\.|len\(|\()/.test(run)) return { client: 'glance-v1', argv: [server.url, TOKENS[step.as ?? 'alice'], '', run] };
  return glance(server, { ...step, run: run.startsWith('v2 ') ? run.slice(3) : `--os-image-api-version 1 ${run}` });
}

describe('python-glanceclient of version 1', () => {
  let web: Origin;
  const startWeb = async () => {
    web = await Origin.start();
    web.files.set('/hello', Buffer.from('hello'));
    return () => web.close();
  };

  tell(CONF, [...CREATED, ...SHOWN, ...LISTED, ...CHANGED, ...SHARED, ...BOTH, ...DELETED], (server, step) => typed(server, step, web.url), startWeb);
});
