import { once } from 'node:events';
import { createServer, type Server as WebServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FAKEAUTH, glance, tell, type Step } from '../support/story.js';

const AWAY = '0f000000-0000-4000-8000-000000000001';
const HERE = '0f000000-0000-4000-8000-000000000002';

/** Images whose data lies on a web server, with `python-glanceclient`; `http://web` stands for its address. */
const STEPS: readonly Step[] = [
  { title: 'an image waits for its data', run: `image-create --id ${AWAY} --name away --disk-format raw --container-format bare`, fields: { status: 'queued' }, says: ['locations', '[]'] },
  { title: 'a file of the server is no location', run: `location-add ${AWAY} --url file:///etc/passwd`, code: 1, says: ['400'] },
  { title: 'a location needs a scheme that a store serves', run: `location-add ${AWAY} --url gopher://web/a`, code: 1, says: ['400'] },
  { title: 'a location gives an image its data', run: `location-add ${AWAY} --url http://web/hello`, fields: { status: 'active', size: '5' }, says: ['/hello'] },
  { title: 'its data is read from there', run: `image-download ${AWAY}`, says: ['hello'] },
  { title: 'a location is added once', run: `location-add ${AWAY} --url http://web/hello`, code: 1 },
  { title: 'a second location is added', run: `location-add ${AWAY} --url http://web/again`, says: ['/hello', '/again'] },
  { title: 'what is known of a location changes', run: `location-update ${AWAY} --url http://web/again --metadata '{"rack":"7"}'`, says: ['/again', 'rack'] },
  { title: 'what nobody added cannot change', run: `location-update ${AWAY} --url http://web/none --metadata '{"rack":"7"}'`, code: 1, says: ['/none'] },
  { title: 'a member may not remove a location', run: `location-delete ${AWAY} --url http://web/again`, code: 1, says: ['403'] },
  { title: 'an admin removes a location', as: 'root', run: `location-delete ${AWAY} --url http://web/again` },
  { title: 'a location that is removed is gone', run: `image-show ${AWAY}`, says: ['/hello'], hides: ['/again'] },
  { title: 'the last location stays', as: 'root', run: `location-delete ${AWAY} --url http://web/hello`, code: 1, says: ['403'] },
  { title: 'an image with data has the location of its file', run: `image-create --id ${HERE} --name here --disk-format raw --container-format bare`, input: 'here', fields: { status: 'active' }, says: ['file://'] },
  { title: 'an image is deleted, and what is on the web stays there', run: `image-delete ${AWAY} ${HERE}` },
];

const CONF = `show_multiple_locations = True
${FAKEAUTH}[import_filtering_opts]
allow_private_addresses = True
allowed_ports =
`;

describe('locations with python-glanceclient', () => {
  let web: WebServer;

  const startWeb = async () => {
    web = createServer((request, response) => {
      const there = ['/hello', '/again'].includes(request.url ?? '');
      response.writeHead(there ? 200 : 404, { 'content-length': there ? 5 : 0 }).end(there && request.method === 'GET' ? 'hello' : undefined);
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    return async () => {
      web.close().closeAllConnections();
      await once(web, 'close');
    };
  };
  const address = () => `127.0.0.1:${(web.address() as AddressInfo).port}`;

  tell(CONF, STEPS, (server, step) => glance(server, { ...step, run: step.run.replaceAll('//web/', `//${address()}/`) }), startWeb);
});
