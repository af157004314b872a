// Installs the Debian packages that the tests use as they are: real clients, real images, real servers.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';

export const PACKAGES = [
  'python3-glanceclient', 'python3-openstackclient', 'python3-openstacksdk', 'qemu-utils', 'redis-server',
  'mariadb-server-core', 'mariadb-client-core', 'python3-pymysql', 'python3-barbican', 'python3-keystone', 'python3-glance', 'glance-common', 'openssl', 'grub-rescue-pc', 'curl', 'util-linux', 'procps', 'iproute2', 'wrk',
];

const POLICY = '/usr/sbin/policy-rc.d';

function missingPackages() {
  const { stdout = '' } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...PACKAGES], { encoding: 'utf8' });
  const there = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')).map((line) => line.split(' ')[0]));
  return PACKAGES.filter((name) => !there.has(name));
}

function apt(...args) {
  const run = spawnSync('apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=600', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (run.status !== 0) throw new Error(`apt-get ${args.join(' ')} failed${run.error ? `: ${run.error.message}` : ''}`);
}

/** Nothing that is installed may start a service. */
function withoutServices(work) {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}

/** True when all are there; an error says what is missing or what failed. */
export function installPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return true;
  if (process.getuid?.() !== 0) throw new Error(`The tests need these Debian packages; install them: ${missing.join(' ')}`);
  console.log(`Installing Debian packages: ${missing.join(' ')} …`);
  withoutServices(() => {
    if (!readdirSync('/var/lib/apt/lists').some((name) => name.endsWith('_Packages'))) apt('update');
    try {
      apt('install', '--no-install-recommends', ...missing);
    } catch {
      // The lists may be older than the archive.
      apt('update');
      apt('install', '--no-install-recommends', ...missing);
    }
  });
  return true;
}
