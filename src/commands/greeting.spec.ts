import { loadSettings } from '#settings';
import { greeting } from './greeting.js';

const settings = (memory: boolean) => loadSettings({ commandLine: { memory, stateDir: '/state' }, env: {} }).settings;

describe('The greeting', () => {
  it('names the address, a glance line to try, and where things are', () => {
    const text = greeting(settings(false), 'http://127.0.0.1:9292', '1.2.3');
    expect(text).toContain('Afterimage 1.2.3 serves the Images API on http://127.0.0.1:9292\n');
    expect(text).toContain('glance --os-image-url http://127.0.0.1:9292 --os-auth-token x --os-auth-url http://127.0.0.1:9292/v3 image-create');
    expect(text).toContain('events in /state/postgres; file images in /state/images');
    expect(text).not.toContain('IN MEMORY');
  });

  it('tells of several processes', () => {
    const { settings: several } = loadSettings({ commandLine: { stateDir: '/state' }, env: { OS_DEFAULT__WORKERS: '3' } });
    expect(greeting(several, 'http://127.0.0.1:9292', '1')).toContain('\n  3 HTTP workers and a background process\n');
    expect(greeting(settings(false), 'http://127.0.0.1:9292', '1')).not.toContain('worker');
  });

  it('says that nobody authenticates, and that memory is lost', () => {
    const text = greeting(settings(true), 'http://127.0.0.1:9292', '1.2.3');
    expect(text).toContain('NOBODY AUTHENTICATES');
    expect(text).toContain('every image is forgotten');
  });

  it('gives lines to try that work where it listens everywhere', () => {
    expect(greeting(settings(false), 'http://0.0.0.0:80', '1')).toContain('curl -s http://127.0.0.1:80/v2/images');
  });

  it('names Keystone, without its secrets, and a line that logs in there', () => {
    const env = { OS_PASTE_DEPLOY__FLAVOR: 'keystone', OS_KEYSTONE_AUTHTOKEN__AUTH_URL: 'http://u:hidden@k:5000', OS_KEYSTONE_AUTHTOKEN__USERNAME: 'glance', OS_KEYSTONE_AUTHTOKEN__PASSWORD: 'hidden' };
    const text = greeting(loadSettings({ commandLine: { stateDir: '/state' }, env }).settings, 'http://0.0.0.0:9292', '1');
    expect(text).toContain('callers authenticate at Keystone');
    expect(text).toContain('--os-image-url http://127.0.0.1:9292 image-create --name grub');
    expect(text).not.toContain('hidden');
    expect(text).not.toContain('NOBODY');
  });
});
