import { createRedisBackend, type ConnectionOptions, type RedisQueueBackend } from 'bullmq';
import { Cluster, Redis, type CommonRedisOptions } from 'ioredis';
import { redisPlace, type RedisPlace } from '#settings';
import { JobsUnavailable } from '../jobs.errors.js';
import type { Backend } from './backend.js';

const CONNECT_TIMEOUT_MS = 10_000;
const LONGEST_PAUSE_MS = 2_000;
const PREFIX = 'afterimage';
/** All keys of the queues have to lie in one slot of a Cluster. */
const PREFIX_IN_CLUSTER = '{afterimage}';

type Connection = Redis | Cluster;

/** Two connections, and a blocking one for each queue; to a Cluster, two clients. */
export async function redisBackend(url: string): Promise<Backend<RedisQueueBackend, ConnectionOptions>> {
  const place = redisPlace(url);
  if (!place) throw new TypeError('the URL of the jobs is not that of a Redis');
  let closed = false;
  const retryStrategy = (attempt: number) => (closed ? null : Math.min(attempt * 50, LONGEST_PAUSE_MS));
  const producing = connect(place, { retryStrategy, maxRetriesPerRequest: 1, enableOfflineQueue: false });
  const consuming = connect(place, { retryStrategy, maxRetriesPerRequest: null });
  const close = async () => {
    closed = true;
    producing.disconnect();
    consuming.disconnect();
  };
  // Every queue and worker reports what happens to its connection, so these would come twice.
  for (const connection of [producing, consuming]) connection.on('error', () => undefined).setMaxListeners(0);
  try {
    await Promise.all([firstConnection(producing), firstConnection(consuming)]);
  } catch (error) {
    await close();
    throw new JobsUnavailable(`Redis at ${place.addresses.map(({ host, port }) => `${host}:${port}`).join(', ')}`, error);
  }
  return { factory: createRedisBackend, prefix: place.kind === 'cluster' ? PREFIX_IN_CLUSTER : PREFIX, producing, consuming, close, onReturn: (listener) => void producing.on('ready', listener) };
}

function connect(place: RedisPlace, how: Pick<CommonRedisOptions, 'maxRetriesPerRequest' | 'enableOfflineQueue'> & { readonly retryStrategy: (attempt: number) => number | null }): Connection {
  const { addresses, tls, username, password } = place;
  const options = { username, password, connectTimeout: CONNECT_TIMEOUT_MS, connectionName: 'afterimage', ...how, ...(tls ? { tls: {} } : {}) };
  if (place.kind === 'cluster') {
    const { retryStrategy: clusterRetryStrategy, ...redisOptions } = options;
    return new Cluster([...addresses], { lazyConnect: true, clusterRetryStrategy, redisOptions, enableOfflineQueue: how.enableOfflineQueue ?? true });
  }
  if (place.kind === 'single') return new Redis({ ...options, ...addresses[0], db: place.db, lazyConnect: true });
  const { master, db, sentinel } = place;
  return new Redis({
    ...options, lazyConnect: true, sentinels: [...addresses], sentinelRetryStrategy: how.retryStrategy, name: master, db,
    sentinelUsername: sentinel.username, sentinelPassword: sentinel.password,
    ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  });
}

/** `connect` says only that the connection is closed; the event says why. */
async function firstConnection(connection: Connection): Promise<void> {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  connection.once('error', reject);
  await Promise.race([connection.connect(), broken]).finally(() => connection.off('error', reject));
}
