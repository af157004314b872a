import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { withKeystone } from '../support/clouds.js';
import { Origin } from '../support/origin.js';
import type { Server } from '../support/server.js';
import { FAKEAUTH, glance, tell, TOKENS, type Step, type Typed } from '../support/story.js';

const IMAGE = '0e000000-0000-4000-8000-000000000001';
const MADE = '0e000000-0000-4000-8000-000000000002';
const NONE = '0e000000-0000-4000-8000-0000000000ff';
const input = (uri: string) => `--input '{"import_from":"${uri}","import_from_format":"raw","image_properties":{"name":"by-task","disk_format":"raw","container_format":"bare"}}'`;

/** Tasks with `python-glanceclient`; `http://web` stands for the address of a web server, `DONE` for a task that has ended. */
const STEPS: readonly Step[] = [
  { title: 'an admin asks for a task', as: 'root', run: `task-create --type import ${input('http://web/hello')}`, fields: { type: 'import', status: 'pending' } },
  { title: 'a task reads no file of the server', as: 'root', run: `task-create --type import ${input('file:///etc/passwd')}`, code: 1, says: ['File based imports are not allowed'] },
  { title: 'a task goes nowhere that the filter refuses', as: 'root', run: `task-create --type import ${input('http://127.1/x')}`, code: 1, says: ['does not pass filtering'] },
  { title: 'tasks are listed', as: 'root', run: 'task-list --sort-key status --sort-dir desc --page-size 1', says: ['import', 'success'] },
  { title: 'tasks are listed by their status', as: 'root', run: 'task-list --status failure', hides: ['success'] },
  { title: 'a task tells which image it made', as: 'root', run: 'task-show DONE', fields: { status: 'success', type: 'import' }, says: ['image_id', MADE] },
  { title: 'a task that is not there is not shown', as: 'root', run: `task-show ${NONE}`, code: 1, says: [NONE] },
  { title: 'tasks are for admins', run: 'task-list', code: 1, says: ['403'] },
  { title: 'an image waits for its data', run: `image-create --id ${IMAGE} --name tasked --disk-format raw --container-format bare`, fields: { status: 'queued' } },
  { title: 'an image has no tasks before anybody asked for one', run: `image-tasks ${IMAGE}`, hides: ['success', 'failure'] },
  { title: 'an image is imported from the web', run: `image-import ${IMAGE} --import-method web-download --uri http://web/hello` },
  { title: 'an image tells of its tasks', run: `--verbose image-tasks ${IMAGE}`, says: [IMAGE, 'web-download'] },
  { title: 'tasks of no image are not told', run: `image-tasks ${NONE}`, code: 1, says: [NONE] },
];

const SDK_INPUT = `{"import_from": "http://web/hello", "import_from_format": "raw", "image_properties": {"name": "by-sdk", "disk_format": "raw", "container_format": "bare"}}`;

/** The same with openstacksdk. */
const SDK_STEPS: readonly Step[] = [
  { title: 'a script waits for the end of its task', as: 'root', run: `image.wait_for_task(image.create_task(type="import", input=${SDK_INPUT}), interval=0.2, wait=60).status`, says: ['success'] },
  { title: 'a script is told why its task failed', as: 'root', run: `image.wait_for_task(image.create_task(type="import", input=${SDK_INPUT.replace('hello', 'nothing')}), interval=0.2, wait=60)`, code: 1, says: ['failure'] },
  { title: 'a script lists tasks', as: 'root', run: 'sorted(set(one.status for one in image.tasks(limit=1)))', says: ['["failure", "success"]'] },
  { title: 'a script shows a task', as: 'root', run: '(lambda one: [one.type, one.result["image_id"]])(image.get_task("DONE"))', says: ['import', MADE] },
];

const typedAs = (server: Server, step: Step): Typed => (SDK_STEPS.some(({ title }) => title === step.title) ? { client: 'sdk', argv: [step.as ?? 'alice', step.run] } : glance(server, step));

describe('tasks with python-glanceclient and openstacksdk', () => {
  let origin: Origin;
  let done: string;
  const folders = mkdtempSync(join(tmpdir(), 'tasks-story-'));
  const conf = `enabled_backends = fast:file,web:http
${FAKEAUTH}[import_filtering_opts]
allow_private_addresses = True
allowed_ports =
[glance_store]
default_backend = fast
[fast]
filesystem_store_datadir = ${folders}
`;

  /** One task that has ended, so that the story knows its id. */
  const prepare = async (server: Server) => {
    origin = await Origin.start();
    origin.files.set('/hello', Buffer.from('hello'));
    const headers = { 'x-auth-token': TOKENS.root };
    const body = JSON.stringify({ type: 'import', input: { import_from: `${origin.url}/hello`, import_from_format: 'raw', image_properties: { id: MADE, disk_format: 'raw', container_format: 'bare' } } });
    const task = (await (await fetch(`${server.url}/v2/tasks`, { method: 'POST', headers, body })).json()) as { readonly id: string };
    done = task.id;
    await eventually(async () => expect(await (await fetch(`${server.url}/v2/tasks/${done}`, { headers })).json()).toMatchObject({ status: 'success' }));
    const stopKeystone = await withKeystone(server);
    return async () => {
      await stopKeystone();
      await origin.close();
    };
  };

  const typed = (text: string) => text.replaceAll('http://web/', `${origin.url}/`).replaceAll('DONE', done);
  tell(conf, [...STEPS, ...SDK_STEPS], (server, step) => typedAs(server, { ...step, run: typed(step.run) }), prepare);
});
