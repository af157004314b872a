/** Specs stand beside their source (unit), those named *.db.spec.ts need real services; whole stories are under test/. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons', 'default'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '@swc/jest' },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
const project = (displayName, testMatch, more = {}) => ({ ...shared, displayName, testMatch, ...more });
const postgres = {
  globalSetup: '<rootDir>/test/support/jest-postgres-setup.mjs',
  globalTeardown: '<rootDir>/test/support/jest-postgres-teardown.mjs',
};
const beside = ['<rootDir>/{src,apps,libs}/**'];

export default {
  // Servers share a small machine with whatever else runs there: only what hangs takes so long.
  testTimeout: 30_000,
  projects: [
    project('unit', [...beside.map((b) => `${b}/*.spec.ts`), '<rootDir>/test/architecture/**/*.spec.ts'], {
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '\\.db\\.spec\\.ts$'],
    }),
    project('db', beside.map((b) => `${b}/*.db.spec.ts`), postgres),
    ...['e2e', 'compat', 'faults'].map((dir) => project(dir, [`<rootDir>/test/${dir}/**/*.spec.ts`], postgres)),
  ],
};
