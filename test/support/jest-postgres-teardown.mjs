export default async function stop() {
  const cluster = globalThis.afterimageTestPostgres;
  if (!cluster) return;
  delete globalThis.afterimageTestPostgres;
  delete process.env.AFTERIMAGE_TEST_POSTGRES;
  await cluster.stop();
}
