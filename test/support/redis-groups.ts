import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { startRedis, startSentinel, type RedisServer, type TestRedis } from './redis.js';
import { freePort } from './server.js';

const SLOTS = 16_384;
const MASTERS = 3;
const PATIENCE_MS = 40_000;

const until = (condition: () => Promise<boolean>): Promise<void> =>
  eventually(async () => {
    if (!(await condition())) throw new Error(`not yet: ${condition.toString()}`);
  }, PATIENCE_MS);

const stopAll = async (servers: readonly RedisServer[]): Promise<void> => void (await Promise.all(servers.map((server) => server.stop())));

async function ask(port: number, command: string, ...args: (string | number)[]): Promise<unknown> {
  const client = new Redis({ port, host: '127.0.0.1' });
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}

export interface GuardedRedis extends TestRedis {
  /** Ends the master; resolves when the Sentinel has made the replica the new one. */
  failOver(): Promise<void>;
}

/** A master with a replica, and a Sentinel that knows them. */
export async function startGuardedRedis(): Promise<GuardedRedis> {
  const master = await startRedis();
  const replica = await startRedis({ replicaof: `127.0.0.1 ${master.port}` });
  const sentinel = await startSentinel('mymaster', master.port);
  const masterPort = async () => Number((await ask(sentinel.port, 'SENTINEL', 'get-master-addr-by-name', 'mymaster') as string[])[1]);
  await until(async () => (await ask(sentinel.port, 'SENTINEL', 'replicas', 'mymaster') as unknown[]).length === 1);
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/mymaster/1`,
    stop: () => stopAll([sentinel, replica, master]),
    async failOver() {
      await master.stop();
      await until(async () => (await masterPort()) === replica.port);
    },
  };
}

/** Three masters with a third of the slots each. */
export async function startRedisCluster(): Promise<TestRedis> {
  const nodes = await Promise.all(Array.from({ length: MASTERS }, async () => {
    const bus = await freePort();
    return { bus, ...(await startRedis({ 'cluster-enabled': 'yes', 'cluster-port': `${bus}` })) };
  }));
  const [first, ...others] = nodes;
  if (!first) throw new TypeError('a Cluster has at least one node');
  for (const [i, { port }] of nodes.entries()) {
    await ask(port, 'CLUSTER', 'ADDSLOTSRANGE', Math.floor((SLOTS * i) / MASTERS), Math.floor((SLOTS * (i + 1)) / MASTERS) - 1);
  }
  for (const { port, bus } of others) await ask(first.port, 'CLUSTER', 'MEET', '127.0.0.1', port, bus);
  for (const { port } of nodes) await until(async () => String(await ask(port, 'CLUSTER', 'INFO')).includes('cluster_state:ok'));
  return { url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`, stop: () => stopAll(nodes) };
}
