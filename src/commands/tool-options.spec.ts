import { Command } from 'commander';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '#settings';
import { toolSettings, withToolOptions, type ToolOptions } from './tool-options.js';

const parsed = (...args: string[]) => {
  const command = withToolOptions(new Command('glance-scrubber').exitOverride().configureOutput({ writeErr: () => undefined })).action(() => undefined);
  command.parse(args, { from: 'user' });
  return command.opts<ToolOptions>();
};
const logging = (...args: string[]) => loadSettings(toolSettings(parsed(...args), { env: { OS_DEFAULT__DEBUG: 'True' } })).settings.logging;

describe('The options of Glance\'s tools', () => {
  it('win against the environment', () => {
    expect(logging()).toMatchObject({ debug: true, json: false });
    expect(logging('--nodebug', '--use-json', '--use-syslog', '--syslog-log-facility', 'LOG_LOCAL1')).toMatchObject({ debug: false, json: true, syslog: 'LOG_LOCAL1' });
    expect(logging('--use-json', '--nouse-json')).toMatchObject({ json: false });
  });

  it.each([['--log-file', '/l/x.log'], ['--logfile', '/l/x.log']])('take a log file as %s', (name, file) => expect(logging(name, file).file).toBe(file));

  it.each(['--log-dir', '--logdir'])('take a folder for logs as %s', (name) => expect(logging(name, '/l').file).toBe('/l/glance-api.log'));

  it.each(['--log-config-append', '--log-config', '--log_config', '--log-date-format'])('take %s, which has no effect', (name) => expect(logging(name, 'x')).toEqual(logging()));

  it('take --watch-log-file, which has no effect', () => expect(logging('--watch-log-file', '--nowatch-log-file')).toEqual(logging()));

  it('are refused where they are unknown', () => expect(() => parsed('--nonsense')).toThrow('unknown option'));
});

describe('The settings of a tool of the cache', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'conf-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, workers: number) => writeFileSync(join(folder, name), `[DEFAULT]\nbind_host = ::1\nworkers = ${workers}\n`);
  const workers = (options: ToolOptions, ofCache = true) => loadSettings(toolSettings(options, { ofCache, env: { OS_GLANCE_CONFIG_DIR: folder } })).settings.workers;

  it('are those of glance-cache.conf beside glance-api.conf', () => {
    write('glance-api.conf', 1);
    expect(workers({})).toBe(1);
    write('glance-cache.conf', 2);
    expect(workers({})).toBe(2);
    expect(workers({}, false)).toBe(1);
  });

  it('are only those of the files that are named', () => {
    write('glance-cache.conf', 2);
    write('mine.conf', 3);
    expect(workers({ configFile: [join(folder, 'mine.conf')] })).toBe(3);
  });
});
