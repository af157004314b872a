import { PROJECTS, withKeystone, withoutKeystone } from '../support/clouds.js';
import { GRUB_ISO } from '../support/real-images.js';
import type { Server } from '../support/server.js';
import { EMBEDDED, FAKEAUTH, tell, type Step, type Typed } from '../support/story.js';

const TEXT = '0e000000-0000-4000-8000-000000000001';
const SHARED = '0e000000-0000-4000-8000-000000000002';
const NOBODY = '0e000000-0000-4000-8000-00000000dead';
const FILE = `image.get("/images/${TEXT}/file"`;
const range = (value: string) => `(lambda found: [found.status_code, found.text, found.headers.get("Content-Range")])(${FILE}, headers={"Range": "${value}"}))`;

/** What a script of the image's owner does. */
const IMAGES: readonly Step[] = [
  { title: 'the versions are told', run: '[one["id"] for one in image.get(image.get_endpoint().split("/v2")[0] + "/versions").json()["versions"]]', says: ['"v2.9"', '"v2.0"'] },
  { title: 'the image’s schema is told', run: 'sorted(image.get_image_schema().properties)', says: ['checksum', 'os_hash_value', 'visibility'] },
  { title: 'the list’s schema is told', run: 'image.get_images_schema().name', says: ['images'] },
  { title: 'the schemas of members are told', run: '[image.get_member_schema().name, image.get_members_schema().name]', says: ['["member", "members"]'] },
  { title: 'a single store is not several', run: 'list(image.stores())', code: 1, says: ['404'] },
  { title: 'an image is created with data, properties and tags', run: `image.create_image("text", id="${TEXT}", data=b"hello, world", disk_format="raw", container_format="bare", tags=["a"], note="new").id`, says: [TEXT] },
  { title: 'its hashes are those of the data', run: `(lambda one: [one.status, one.checksum, one.hash_algo, one.hash_value, one.size])(image.get_image("${TEXT}"))`, says: ['active', 'e4d7f1b4ed2e42d15898f4b27b019da4', 'sha512', '8710339dcb6814d0d9d2290ef422285c', '12'] },
  { title: 'a file is uploaded', run: `image.create_image("grub", filename="${GRUB_ISO}", disk_format="iso", container_format="bare", min_ram=64, validate_checksum=True, wait=True).name`, says: ['grub'] },
  { title: 'a file is not uploaded twice', run: `image.create_image("grub", filename="${GRUB_ISO}", disk_format="iso", container_format="bare", validate_checksum=True, wait=True).id == image.find_image("grub").id`, says: ['true'] },
  { title: 'images are listed by name', run: 'names(image.images(sort="name:asc"))', says: ['["grub", "text"]'] },
  { title: 'images are listed in pages', run: 'names(image.images(limit=1, sort_key="name", sort_dir="desc"))', says: ['["text", "grub"]'] },
  { title: 'one page is listed where one is asked for', run: 'names(image.images(limit=1, sort="name:asc", paginated=False))', says: ['["grub"]'] },
  { title: 'a list goes on after a marker', run: `names(image.images(sort="name:desc", marker="${TEXT}"))`, says: ['["grub"]'] },
  { title: 'images are found by name', run: 'names(image.images(name="text"))', says: ['["text"]'] },
  { title: 'images are found by one of several ids', run: `names(image.images(id="in:${TEXT},${NOBODY}"))`, says: ['["text"]'] },
  { title: 'images are found by status', run: 'names(image.images(status="queued"))', says: ['[]'] },
  { title: 'images are found by tag', run: 'names(image.images(tag="a"))', says: ['["text"]'] },
  { title: 'images are found by size', run: 'names(image.images(size_min=13))', says: ['["grub"]'] },
  { title: 'images are found by largest size', run: 'names(image.images(size_max=12))', says: ['["text"]'] },
  { title: 'images are found by visibility', run: 'names(image.images(visibility="private"))', says: ['[]'] },
  { title: 'images are found by time', run: 'names(image.images(created_at="lt:2020-01-01T00:00:00Z"))', says: ['[]'] },
  { title: 'images are found by a property', run: 'names(conn.search_images(filters={"properties": {"note": "new"}}))', says: ['["text"]'] },
  { title: 'a filter that is wrong is refused', run: 'names(image.images(sort="colour"))', code: 1, says: ['400'] },
  { title: 'an image is found by its name', run: 'image.find_image("text").id', says: [TEXT] },
  { title: 'nothing is found under an unknown name', run: 'image.find_image("lilo")', says: ['null'] },
  { title: 'nothing is found under an unknown id', run: `image.get_image("${NOBODY}")`, code: 1, says: ['ResourceNotFound 404'] },
  { title: 'data is read whole', run: `image.download_image("${TEXT}").text`, says: ['hello, world'] },
  { title: 'data is read as a stream', run: `sum(len(part) for part in image.download_image("${TEXT}", stream=True).iter_content(5))`, says: ['12'] },
  { title: 'data is saved and verified by its hash', run: 'image.download_image(image.find_image("grub"), output="saved.iso", chunk_size=1 << 20) and __import__("os").path.getsize("saved.iso")', says: ['5081088'] },
  { title: 'a part of the data is read', run: range('bytes=7-11'), says: ['[206, "world", "bytes 7-11/12"]'] },
  { title: 'the data is read from a place on', run: range('bytes=7-'), says: ['[206, "world", "bytes 7-11/12"]'] },
  { title: 'the end of the data is read', run: range('bytes=-5'), says: ['[206, "world", "bytes 7-11/12"]'] },
  { title: 'nothing is read behind the end', run: range('bytes=12-'), says: ['416'] },
  { title: 'attributes and properties change', run: `(lambda one: [one.name, one.min_disk, one.is_protected, one.properties["note"], one.os_version])(image.update_image("${TEXT}", name="page", min_disk=2, is_protected=True, note="old", os_version="1"))`, says: ['["page", 2, true, "old", "1"]'] },
  { title: 'a protected image stays', run: `image.delete_image("${TEXT}")`, code: 1, says: ['403'] },
  { title: 'nothing changes where one change of several is refused', run: `image.patch("/images/${TEXT}", json=[{"op": "replace", "path": "/name", "value": "x"}, {"op": "remove", "path": "/nothing"}], headers={"Content-Type": "application/openstack-images-v2.1-json-patch"}).status_code`, says: ['409'] },
  { title: 'its name is what it was', run: `image.get_image("${TEXT}").name`, says: ['page'] },
  { title: 'a property goes', run: `image.patch("/images/${TEXT}", json=[{"op": "remove", "path": "/note"}], headers={"Content-Type": "application/openstack-images-v2.1-json-patch"}).json().get("note")`, says: ['null'] },
  { title: 'changes are told in their own media type', run: `(lambda found: [found.status_code, "json-patch" in found.headers["Accept-Patch"]])(image.patch("/images/${TEXT}", json=[]))`, says: ['[415, true]'] },
  { title: 'a tag is added', run: `image.add_tag("${TEXT}", "two words") or image.get_image("${TEXT}").tags`, says: ['two words'] },
  { title: 'a tag goes', run: `image.remove_tag("${TEXT}", "two words") or image.get_image("${TEXT}").tags`, says: ['["a"]'] },
  { title: 'an image is hidden from the list', run: `image.update_image("${TEXT}", is_hidden=True) and names(image.images())`, says: ['["grub"]'] },
  { title: 'a hidden image is listed when asked for', run: 'names(image.images(is_hidden=True))', says: ['["page"]'] },
  { title: 'a hidden image is found by its name', run: 'image.find_image("page").is_hidden', says: ['true'] },
  { title: 'an image is deactivated', run: `image.deactivate_image("${TEXT}") or image.get_image("${TEXT}").status`, says: ['deactivated'] },
  { title: 'an image is reactivated', run: `image.reactivate_image("${TEXT}") or image.get_image("${TEXT}").status`, says: ['active'] },
  { title: 'properties are updated by the cloud layer', run: `conn.update_image_properties(name_or_id="grub", os_distro="none")`, says: ['true'] },
  { title: 'images are listed by the cloud layer', run: 'conn.get_image("grub").os_distro', says: ['none'] },
  { title: 'protection is lifted', run: `image.update_image("${TEXT}", is_protected=False).is_protected`, says: ['false'] },
  { title: 'images are deleted by the cloud layer', run: 'conn.delete_image("grub", wait=True)', says: ['true'] },
  { title: 'images are deleted', run: `image.delete_image("${TEXT}", ignore_missing=False)` },
  { title: 'an image is deleted once', run: `image.delete_image("${TEXT}", ignore_missing=False)`, code: 1, says: ['404'] },
];

/** Between two projects. */
const SHARING: readonly Step[] = [
  { title: 'an image is created to be shared', run: `image.create_image("tool", id="${SHARED}", data=b"x", disk_format="raw", container_format="bare").visibility`, says: ['shared'] },
  { title: 'its owner is the project of the script', run: `image.get_image("${SHARED}").owner`, says: [PROJECTS.red] },
  { title: 'a project is asked', run: `image.add_member("${SHARED}", member_id="${PROJECTS.blue}").status`, says: ['pending'] },
  { title: 'a project that is asked may read', as: 'bob', run: `image.download_image("${SHARED}").text`, says: ['x'] },
  { title: 'a project lists what it is asked about', as: 'bob', run: 'names(image.images(visibility="shared", member_status="pending"))', says: ['["tool"]'] },
  { title: 'a project accepts', as: 'bob', run: `image.update_member("${PROJECTS.blue}", "${SHARED}", status="accepted").status`, says: ['accepted'] },
  { title: 'a project lists what it accepted', as: 'bob', run: 'names(image.images())', says: ['["tool"]'] },
  { title: 'an owner sees who accepted', run: `[one.status for one in image.members("${SHARED}")]`, says: ['["accepted"]'] },
  { title: 'one member is shown', run: `image.get_member("${PROJECTS.blue}", "${SHARED}").status`, says: ['accepted'] },
  { title: 'who is no member is not shown', run: `image.get_member("green", "${SHARED}")`, code: 1, says: ['404'] },
  { title: 'a member does not change the image', as: 'bob', run: `image.update_image("${SHARED}", name="ours")`, code: 1, says: ['403'] },
  { title: 'an owner takes it back', run: `image.remove_member("${PROJECTS.blue}", "${SHARED}")` },
  { title: 'who is no member finds nothing', as: 'bob', run: 'image.find_image("tool")', says: ['null'] },
  { title: 'an admin finds it by its owner', as: 'root', run: `names(image.images(owner="${PROJECTS.red}"))`, says: ['["tool"]'] },
  { title: 'an owner deletes', run: `image.delete_image("${SHARED}")` },
];

const sdk = (_: Server, { as = 'alice', run }: Step): Typed => ({ client: 'sdk', argv: [as, run] });

describe('openstacksdk, where nobody authenticates', () => tell(EMBEDDED, IMAGES, sdk, withoutKeystone));

describe('openstacksdk, two projects', () => tell(FAKEAUTH, [...IMAGES, ...SHARING], sdk, withKeystone));
