import { CommandBus } from '@nestjs/cqrs';
import { SingleBar } from 'cli-progress';
import { createPool, type CommandContext } from '#event-store';
import { purgeableImages, PurgeRecord, type PurgeQuery } from '#images';
import { withApplication } from '../../command-app.js';
import { refuseModule } from '../../drivers/load-driver.js';
import type { Asked } from './actions.js';
import { dbSettings, NAME } from './with-database.js';

const DAY_MS = 86_400_000;
const AT_A_TIME = 4;

const context: CommandContext = { actor: { user: null, project: null, roles: [], admin: true, service: NAME }, requestId: null };

const number = (name: string, text: string): number => {
  if (!/^[+-]?\d{1,15}$/.test(text.trim())) throw new Error(`Invalid int value for ${name}: ${text}`);
  return Number(text);
};

/** What is deleted for at least so long, by glance-manage's rules. */
function limitsOf({ options, words }: Asked, defaultAge: number, now: number): Pick<PurgeQuery, 'before' | 'limit'> {
  const age = number('age_in_days', options.age_in_days ?? words[0] ?? `${defaultAge}`);
  const rows = number('max_rows', options.max_rows ?? words[1] ?? '100');
  if (age < 0) throw new Error('Must supply a non-negative value for age.');
  if (age >= Math.trunc(now / DAY_MS)) throw new Error('Maximal age is count of days since epoch.');
  if (rows < -1) throw new Error('Minimal rows limit is -1.');
  return { before: new Date(now - age * DAY_MS).toISOString(), limit: rows === -1 ? undefined : rows };
}

/** `db purge`: properties, tags and members of deleted images. */
export const purge = (asked: Asked): Promise<number> => run(asked, { extent: 'details', ...limitsOf(asked, 30, Date.now()) });

/** `db purge_images_table`: their rows too. Their ids stay taken. */
export const purgeImagesTable = (asked: Asked): Promise<number> => run(asked, { extent: 'row', ...limitsOf(asked, 180, Date.now()) });

async function run({ options }: Asked, query: PurgeQuery): Promise<number> {
  const settings = dbSettings(options);
  refuseModule(settings.readModelModule?.name, 'afterimage db purge');
  const purged = await withApplication(settings, async (app, { url }) => {
    const ids = await idsAt(url, query);
    await each(ids, (id) => app.get(CommandBus).execute(new PurgeRecord(context, id, query.extent, query.before)));
    return ids.length;
  });
  process.stdout.write(`Purged ${query.extent === 'row' ? 'the rows' : 'properties, tags and members'} of ${purged} deleted image(s).\n`);
  return 0;
}

async function idsAt(url: string, query: PurgeQuery): Promise<readonly string[]> {
  const pool = createPool({ connectionString: url, max: 1 });
  try {
    return await purgeableImages(pool, query);
  } finally {
    await pool.end();
  }
}

async function each(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<void> {
  const bar = process.stderr.isTTY && ids.length > 0 ? new SingleBar({ format: '{bar} {value} of {total} images', clearOnComplete: true }) : undefined;
  bar?.start(ids.length, 0);
  try {
    const rest = ids.values();
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      for (const id of rest) {
        await work(id);
        bar?.increment();
      }
    }));
  } finally {
    bar?.stop();
  }
}
