import { glance, tell, type Step } from '../support/story.js';

const IMAGE = '0c000000-0000-4000-8000-000000000001';
const NONE = '0c000000-0000-4000-8000-0000000000ff';

/** The cache with `python-glanceclient`: the only client that has commands for it. */
const STEPS: readonly Step[] = [
  { title: 'a cache is empty at first', as: 'root', run: 'cache-list', hides: ['cached', 'queued'] },
  { title: 'the cache is for admins', run: 'cache-list', code: 1, says: ['403'] },
  { title: 'an image waits for its data', run: `image-create --id ${IMAGE} --disk-format raw --container-format bare`, fields: { status: 'queued' } },
  { title: 'what has no data is not queued for caching', as: 'root', run: `cache-queue ${IMAGE}`, says: ['400', IMAGE] },
  { title: 'an image gets its data', run: `image-upload ${IMAGE}`, input: 'some data' },
  { title: 'an image that there is not is not queued', as: 'root', run: `cache-queue ${NONE}`, says: ['404', NONE] },
  { title: 'who is no admin queues nothing', run: `cache-queue ${IMAGE}`, says: ['You are not permitted to queue the image'] },
  { title: 'a download fills the cache', run: `image-download ${IMAGE}`, says: ['some data'] },
  { title: 'what is cached is listed with its size', as: 'root', run: 'cache-list', says: [IMAGE, 'cached', 'N/A', ' 9 ', ' 0 '] },
  { title: 'the next download comes from it', run: `image-download ${IMAGE}`, says: ['some data'] },
  { title: 'a hit is listed', as: 'root', run: 'cache-list', says: [IMAGE, 'cached', ' 9 ', ' 1 '], hides: ['N/A'] },
  { title: 'who is no admin removes nothing', run: `cache-delete ${IMAGE}`, says: ['You are not permitted to delete the image'] },
  { title: 'an image is removed from the cache', as: 'root', run: `cache-delete ${IMAGE}`, hides: ['Unable'] },
  { title: 'what was removed is not listed', as: 'root', run: 'cache-list', hides: [IMAGE] },
  { title: 'what is nowhere is not removed', as: 'root', run: `cache-delete ${NONE}`, says: ['404', NONE] },
  { title: 'a third download fills it again', run: `image-download ${IMAGE}`, says: ['some data'] },
  { title: 'the cache is emptied, and the queue', as: 'root', run: 'cache-clear', hides: ['Unable'] },
  { title: 'nothing is listed then', as: 'root', run: 'cache-list', hides: [IMAGE] },
  { title: 'an image is queued for caching', as: 'root', run: `cache-queue ${IMAGE}`, hides: ['Unable'] },
  { title: 'what was queued is listed, cached by now or not', as: 'root', run: 'cache-list', says: [IMAGE] },
  { title: 'the queue is emptied', as: 'root', run: 'cache-clear --target queue', hides: ['Unable'] },
  { title: 'who is no admin empties nothing', run: 'cache-clear --target both', says: ['You are not permitted to delete image(s)'] },
  { title: 'the data is where it was', run: `image-download ${IMAGE}`, says: ['some data'] },
];

describe('the cache with python-glanceclient', () => {
  tell('image_cache_dir = cache\n[paste_deploy]\nflavor = fakeauth+caching\n', STEPS, glance);
});
