// Writes what a landed version leaves in a database, for all later ones to open: `node scripts/freeze-database.mjs NAME [ROOT]`.
// ROOT is a built checkout of that version; this one by default. It makes test/landed/NAME.sql (schema, and a log with every event
// type, from the frozen samples) and test/landed/NAME.json (what that version's own server answers on it).
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startCluster } from '../test/support/postgres-cluster.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const [name, root = HERE] = process.argv.slice(2);
if (!name) throw new Error('usage: node scripts/freeze-database.mjs NAME [ROOT]');

const load = (file) => import(pathToFileURL(resolve(root, 'dist', file)).href);
const { default: pg } = await import(createRequire(resolve(root, 'dist/src/main.js')).resolve('pg'));

/** Streams of several events; every other type gets a stream of its own, after a creation. */
const DATA = ['ImageUploadStarted', 'ImageDataStored', 'ImageLocationAdded'];
const STORIES = {
  'image-': [
    [], DATA, ['ImageShared', 'ImageMembershipDecided'], ['ImageShared', 'ImageUnshared'], ['ImageDataReferenced', 'ImageDataHashed'],
    [...DATA, 'ImageAttributesChanged', 'ImageVisibilityChanged', 'ImageOwnerChanged', 'ImagePropertiesChanged', 'ImageTagsChanged'],
    [...DATA, 'ImageDeactivated'], [...DATA, 'ImageDeactivated', 'ImageReactivated'], ['ImageUploadStarted', 'ImageUploadFailed'],
    [...DATA, 'ImageDeleted', 'ImageRestored'], [...DATA, 'ImageDeleted', 'ImageDataPurged', 'ImageEncryptionKeyDeleted'],
    ['ImageImportRequested', 'ImageImportStarted', 'ImageImportFailed'], ['ImageImportRequested', 'ImageImportStarted', ...DATA.slice(1), 'ImageImportSucceeded'],
  ],
  'metadefs-': [['PropertyDefined', 'ObjectDefined', 'TagDefined', 'ResourceTypeAssociated'], ['NamespaceChanged']],
  'task-': [['TaskStarted', 'TaskSucceeded']],
};
const CREATIONS = { 'image-': 'ImageCreated', 'metadefs-': 'NamespaceCreated', 'task-': 'TaskRequested' };
/** Have a stream of their own. */
const ALONE = { ResourceTypeAdded: 'metadefs-resource-types' };
const BEGIN = Date.parse('2026-11-01T00:00:00Z');

const hex = (text) => createHash('sha256').update(text).digest('hex');
const uuid = (text, version = 4) => hex(text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, `$1-$2-${version}$3-8$4-$5`);

function samples(folder) {
  const files = readdirSync(resolve(root, folder)).filter((file) => file.endsWith('.json'));
  return new Map(files.map((file) => [file.slice(0, -'.json'.length), JSON.parse(readFileSync(resolve(root, folder, file), 'utf8'))]));
}

/** Every version of every type that has a sample: `[type, v]`. */
function storiesOf(decider, known) {
  const told = STORIES[decider.streamPrefix];
  const single = [...known.keys()].filter((each) => !told.flat().some((type) => each === `${type}.v1`)).map((each) => [each]);
  return [...told, ...single.filter(([each]) => !each.startsWith(`${CREATIONS[decider.streamPrefix]}.v1`))].map((types) => types.map((type) => {
    const [plain, v = '1'] = type.split('.v');
    return { type: plain, v: Number(v) };
  }));
}

let ticks = 0;
function metaOf(stream, v, creation) {
  const at = BEGIN + ++ticks * 1000;
  return {
    id: uuid(`event ${ticks}`, 7), stream, v, at: new Date(at).toISOString(), hlc: at.toString(16).padStart(12, '0') + '0000', site: 'local',
    actor: { user: 'alice', project: '5ef70662f8b34079a6eddb8da9d75fe8', roles: ['member'], admin: false, service: null },
    requestId: `req-${ticks}`, causationId: null, correlationId: `req-${ticks}`, creation,
  };
}

/** A creation is another's in each stream: its name, and no other spelling of its id. */
function dataOf(sample, type, nth) {
  if (!Object.values(CREATIONS).includes(type) || nth === 0) return sample;
  const { spelling: _, ...data } = sample;
  return 'name' in data ? { ...data, name: `${data.name} ${nth}` } : data;
}

async function tell({ seal, open, chainOf, GENESIS, EMPTY_STREAM }, { store, projections }, decider, known) {
  for (const [nth, story] of storiesOf(decider, known).entries()) {
    const stream = ALONE[story[0]?.type] ?? decider.streamPrefix + (nth === 0 && decider.streamPrefix === 'image-' ? '7b4e9d52-0c1f-4a53-9c37-1f2a3b4c5d6e' : uuid(`${decider.streamPrefix}${nth}`));
    let head = EMPTY_STREAM;
    let state = decider.initialState();
    const first = { type: CREATIONS[decider.streamPrefix], v: 1 };
    for (const { type, v } of story[0]?.type in ALONE ? story : [first, ...story]) {
      const sealed = seal({ type, data: dataOf(known.get(`${type}.v${v}`), type, nth) }, metaOf(stream, v, decider.creation?.(state) ?? null));
      const revision = head.revision + 1;
      const event = open({ ...sealed, stream, revision, chain: chainOf(head.revision < 0 ? GENESIS : head.chain, sealed.body), recordedAt: new Date() }, decider);
      const after = decider.evolve(state, event);
      const change = { stream, before: state, after, revision, events: [event] };
      const writes = projections.filter(({ streamPrefix }) => stream.startsWith(streamPrefix)).flatMap((each) => each.write(change));
      head = await store.append(stream, head, [sealed], writes);
      state = after;
    }
  }
}

/** The statements that make the schema, as the migrations sent them. */
function recordStatements() {
  const statements = [];
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function record(first, ...rest) {
    const text = typeof first === 'string' ? first : first.text;
    const values = Array.isArray(rest[0]) ? rest[0] : (first.values ?? []);
    if (values.length === 0 && /^\s*(create|alter|drop)\b/i.test(text)) statements.push(text);
    return query.call(this, first, ...rest);
  };
  return { statements, end: () => (pg.Client.prototype.query = query) };
}

const quoted = (text) => (text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`);

async function* rowsOf(client) {
  const { rows: tables } = await client.query(`SELECT c.relname AS name, array_agg(quote_ident(a.attname) ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'afterimage'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('kysely_migration_lock', 'claim') GROUP BY c.relname ORDER BY c.relname`);
  for (const { name: table, columns } of tables) {
    const { rows } = await client.query({ text: `SELECT ${columns.map((column) => `${column}::text`).join(', ')} FROM afterimage.${table} ORDER BY 1`, rowMode: 'array' });
    for (const row of rows) yield `INSERT INTO afterimage.${table} (${columns.join(', ')}) OVERRIDING SYSTEM VALUE VALUES (${row.map(quoted).join(', ')});`;
  }
  yield "SELECT setval(pg_get_serial_sequence('afterimage.event', 'seq'), (SELECT max(seq) FROM afterimage.event));";
}

async function dump(client, statements) {
  await client.query("SET timezone = 'UTC'");
  const lines = [...new Set(statements)].map((statement) => `${statement.trim().replace(/^create (schema|table) (?!if)/i, 'CREATE $1 IF NOT EXISTS ')};`);
  lines.push("INSERT INTO afterimage.kysely_migration_lock (id, is_locked) VALUES ('migration_lock', 0);");
  for await (const line of rowsOf(client)) lines.push(line);
  return `${lines.join('\n')}\n`;
}

/** What the version's own server says of everything that no job is going to change. */
async function answers(url, client) {
  const folder = mkdtempSync(join(tmpdir(), 'freeze-'));
  const port = 20_000 + (process.pid % 20_000);
  const conf = join(folder, 'glance-api.conf');
  writeFileSync(conf, `[DEFAULT]\ndb_auto_create = True\nbind_host = 127.0.0.1\nbind_port = ${port}\nworkers = 0\nstate_dir = ${folder}\nnode_staging_uri = file://${folder}/staging\n[database]\nconnection = ${url}\n[metadefs]\nload_defaults = False\n[glance_store]\nfilesystem_store_datadir = ${folder}/images\n`);
  const { rows } = await client.query("SELECT id FROM afterimage.image WHERE open_work = '{}'");
  const settled = new Set(rows.map(({ id }) => id));
  const server = spawn(process.execPath, [resolve(root, 'dist/src/main.js'), 'serve', '--config-file', conf], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const ask = async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
    for (let tries = 0; ; tries++) {
      try {
        await ask('/versions');
        break;
      } catch (error) {
        if (tries > 600 || server.exitCode !== null) throw error;
        await sleep(100);
      }
    }
    const { images } = await ask('/v2/images?limit=1000');
    const { namespaces } = await ask('/v2/metadefs/namespaces?limit=1000');
    return { images: images.filter(({ id }) => settled.has(id.toLowerCase())), namespaces };
  } finally {
    server.kill();
    await new Promise((ended) => (server.exitCode === null ? server.once('exit', ended) : ended()));
    rmSync(folder, { recursive: true });
  }
}

const cluster = await startCluster();
try {
  const [events, images, metadefs, { postgresPersistence }] = await Promise.all([
    load('libs/event-store/src/index.js'), load('libs/images/src/index.js'), load('libs/metadefs/src/index.js'), load('src/persistence.js'),
  ]);
  const recorder = recordStatements();
  const persistence = await postgresPersistence({ url: cluster.url, care: 'ours' }, 'all');
  recorder.end();
  await tell(events, persistence, images.imageDecider, samples('libs/images/src/image/history'));
  await tell(events, persistence, images.taskDecider, samples('libs/images/src/tasks/history'));
  await tell(events, persistence, metadefs.metadefsDecider, samples('libs/metadefs/src/metadefs/history'));
  while ((await persistence.store.head()) < BigInt(ticks)) await sleep(50);
  await persistence.close();
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  writeFileSync(join(HERE, 'test/landed', `${name}.sql`), await dump(client, recorder.statements));
  writeFileSync(join(HERE, 'test/landed', `${name}.json`), `${JSON.stringify({ events: ticks, ...(await answers(cluster.url, client)) }, undefined, 1)}\n`);
  await client.end();
} finally {
  await cluster.stop();
}
