import { startCluster } from './postgres-cluster.mjs';

/** One cluster for all projects of a run; whoever set the variable before brings their own. */
export default async function start() {
  if (process.env.AFTERIMAGE_TEST_POSTGRES) return;
  const cluster = await startCluster();
  process.env.AFTERIMAGE_TEST_POSTGRES = cluster.url;
  globalThis.afterimageTestPostgres = cluster;
}
