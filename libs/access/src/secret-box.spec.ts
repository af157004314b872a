import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretBox } from './secret-box.js';

const dir = mkdtempSync(join(tmpdir(), 'afterimage-box-'));
const file = join(dir, 'state/secrets.key');
afterAll(() => rmSync(dir, { recursive: true }));
afterEach(() => rmSync(join(dir, 'state'), { recursive: true, force: true }));

describe('a sealed secret', () => {
  it('is read again by whoever has the key, and differs each time', async () => {
    const sealed = await new SecretBox(file).seal('t0ken', 'task 1');
    expect(sealed).not.toContain('t0ken');
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('t0ken');
    expect(await new SecretBox(file).open(sealed, 'task 1')).toBe('t0ken');
    expect(await new SecretBox(file).seal('t0ken', 'task 1')).not.toBe(sealed);
  });

  it('is not read about something else, changed, or with another key', async () => {
    const box = new SecretBox(file);
    const sealed = await box.seal('t0ken', 'task 1');
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const [text, about] of [[sealed, 'task 2'], [changed, 'task 1'], ['', 'task 1'], ['AAAA', 'task 1']] as const) expect(await box.open(text, about)).toBeUndefined();
    expect(await new SecretBox(join(dir, 'state/other.key')).open(sealed, 'task 1')).toBeUndefined();
    expect(await new SecretBox().open(sealed, 'task 1')).toBeUndefined();
  });
});

describe('the key of secrets', () => {
  it('is made on first use, for its owner only, and once for many that make it at once', async () => {
    const boxes = Array.from({ length: 8 }, () => new SecretBox(file));
    expect(existsSync(file)).toBe(false);
    const sealed = await Promise.all(boxes.map((box, i) => box.seal(`s${i}`, 'x')));
    expect(await Promise.all(sealed.map((text) => new SecretBox(file).open(text, 'x')))).toEqual(boxes.map((_, i) => `s${i}`));
    expect([statSync(file).mode & 0o777, readFileSync(file).length, readdirSync(join(dir, 'state'))]).toEqual([0o600, 32, ['secrets.key']]);
  });

  it('that is none is told of', async () => {
    await new SecretBox(file).seal('x', 'x');
    writeFileSync(file, 'short');
    const box = new SecretBox(file);
    await expect(box.seal('x', 'x')).rejects.toThrow('secrets.key is no key');
    rmSync(file);
    await expect(box.seal('x', 'x')).resolves.toBeDefined();
  });

  it('lives with the process where no file is named', async () => {
    const box = new SecretBox();
    expect(await box.open(await box.seal('x', 'y'), 'y')).toBe('x');
  });
});
