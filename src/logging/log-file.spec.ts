import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './log-file.js';

describe('A log file', () => {
  let folder: string;
  let path: string;
  const open: LogFile[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-file-'));
    path = join(folder, 'glance-api.log');
  });
  afterEach(() => {
    for (const file of open.splice(0)) file.close();
    rmSync(folder, { recursive: true });
  });

  const logFile = (...more: [{ bytes: number; count: number }?]) => {
    const file = new LogFile(path, ...more);
    open.push(file);
    return file;
  };
  const contents = () => Object.fromEntries(readdirSync(folder).toSorted().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

  it('goes on where it ended', () => {
    writeFileSync(path, 'before\n');
    logFile().write('after\n');
    expect(contents()).toEqual({ 'glance-api.log': 'before\nafter\n' });
  });

  it('begins anew after it was moved or removed', () => {
    const [one, other] = [logFile(), logFile()];
    one.write('1\n');
    renameSync(path, join(folder, 'moved'));
    other.write('2\n');
    one.write('3\n');
    expect(contents()).toEqual({ moved: '1\n', 'glance-api.log': '2\n3\n' });
    rmSync(path);
    one.write('4\n');
    expect(readFileSync(path, 'utf8')).toBe('4\n');
  });

  it('begins anew when it is full, and keeps as many older ones as it may', () => {
    const files = [logFile({ bytes: 4, count: 2 }), logFile({ bytes: 4, count: 2 })];
    for (let line = 0; line < 10; line += 1) files[line % 2]?.write(`${line}\n`);
    expect(contents()).toEqual({ 'glance-api.log': '8\n9\n', 'glance-api.log.1': '6\n7\n', 'glance-api.log.2': '4\n5\n' });
  });

  it('keeps none of the older ones where none may be kept', () => {
    const file = logFile({ bytes: 2, count: 0 });
    for (const line of ['1\n', '2\n', '3\n']) file.write(line);
    expect(contents()).toEqual({ 'glance-api.log': '3\n' });
  });

  it('writes into no other file once it is closed', () => {
    const file = logFile();
    file.close();
    const other = join(folder, 'other');
    const fd = openSync(other, 'w');
    file.write('late\n');
    closeSync(fd);
    expect(contents()).toEqual({ 'glance-api.log': 'late\n', other: '' });
  });

  it('that cannot be written fails at once, and names the option', () => {
    expect(() => new LogFile(folder)).toThrow(/^\[DEFAULT\] log_file, log_dir: .* cannot be written: .*EISDIR/);
  });

  it('grows on while another process turns it over', () => {
    const file = logFile({ bytes: 2, count: 1 });
    writeFileSync(`${path}.rotating`, '');
    for (const line of ['1\n', '2\n']) file.write(line);
    expect([readFileSync(path, 'utf8'), existsSync(`${path}.1`)]).toEqual(['1\n2\n', false]);
  });
});
