import { join } from 'node:path';
import { Pool } from 'pg';
import type { Image } from '#images';
import { FILLED, FILLED_TAGS, fillImages } from '../support/fill-images.js';
import { Server } from '../support/server.js';
import type { Page } from '../support/image-client.js';
import { compare, wanted } from './compare.js';
import { requestsPerSecond } from './load.js';

const IMAGES = 1_000_000;
const LIMIT = 20;

interface Bench {
  readonly postgres: string;
  /** Where the bare server answers. */
  readonly bare: string;
  readonly dir: string;
  /** Id of an image that the others are shaped like. */
  readonly like: string;
}

const VIEWERS = [
  { who: 'admin', token: 'bench:bench-admin:admin' },
  { who: 'few images', token: `bench:${FILLED.few}:member` },
  { who: 'many images', token: `bench:${FILLED.many}:member` },
  { who: 'few shares', token: `bench:${FILLED.memberOfFew}:member` },
  { who: 'many shares', token: `bench:${FILLED.memberOfMany}:member` },
];

/** Each page against a bare server that is told which images are on it and reads them by their ids. */
export async function listAtMillion({ postgres, bare, dir, like }: Bench): Promise<void> {
  const title = (who: string, page: string) => `list-1m, ${who}, ${page} / bare, ids known`;
  const pages = ['first page', 'last page', 'name', 'common tag', 'rare tag'];
  if (!VIEWERS.some(({ who }) => pages.some((page) => wanted(title(who, page))))) return;
  await fill(postgres, like);
  const conf = `[database]\nconnection = ${postgres}\n[glance_store]\nfilesystem_store_datadir = ${dir}/images\n[paste_deploy]\nflavor = fakeauth\n`;
  const server = await Server.start({ conf, stateDir: join(dir, 'state-1m') });
  try {
    for (const { who, token } of VIEWERS) {
      const list = async (query: string): Promise<string[]> => {
        const answer = await fetch(`${server.url}/v2/images?${query}`, { headers: { 'x-auth-token': token } });
        return ((await answer.json()) as Page).images.map(({ id }) => id);
      };
      const lastPage = (await list(`limit=${LIMIT + 1}&sort=created_at:asc`)).at(-1);
      const queries: Record<string, string> = {
        'first page': `limit=${LIMIT}`, 'last page': `limit=${LIMIT}&marker=${lastPage}`, name: `limit=${LIMIT}&sort=name:asc`,
        'common tag': `limit=${LIMIT}&tag=${FILLED_TAGS.common}`, 'rare tag': `limit=${LIMIT}&tag=${FILLED_TAGS.rare}`,
      };
      for (const [page, query] of Object.entries(queries)) {
        const ids = await list(query);
        await compare({
          what: title(who, page), unit: 'req/s',
          ours: () => requestsPerSecond(`${server.url}/v2/images?${query}`, undefined, { 'x-auth-token': token }),
          reference: () => requestsPerSecond(`${bare}/page?ids=${ids.join()}`),
        });
      }
    }
  } finally {
    await server.end();
  }
}

async function fill(connectionString: string, like: string): Promise<void> {
  const pool = new Pool({ connectionString, max: 1 });
  try {
    const { rows } = await pool.query<{ doc: Image }>('SELECT doc FROM afterimage.image WHERE id = $1', [like]);
    const started = performance.now();
    await fillImages(pool, IMAGES, (rows[0] as { doc: Image }).doc);
    console.log(`\nfilled the tables with ${IMAGES} images in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  } finally {
    await pool.end();
  }
}
