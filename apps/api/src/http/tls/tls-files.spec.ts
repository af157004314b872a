import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, type Pair } from '../../../../../test/support/certificates.js';
import { marksOf, secureContextOptions } from './tls-files.js';

describe('The files of TLS', () => {
  let authority: Authority;
  let pair: Pair;
  let folder: string;
  beforeAll(async () => {
    authority = await Authority.make();
    pair = await authority.sign('server');
    folder = mkdtempSync(join(tmpdir(), 'afterimage-tls-'));
  }, 30_000);
  afterAll(async () => {
    await authority.dispose();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('are a certificate, its key and authorities', () => {
    const options = secureContextOptions({ cert_file: pair.cert, key_file: pair.key, ca_file: authority.cert });
    expect(options).toMatchObject({ minVersion: 'TLSv1.2', ca: [expect.stringContaining('BEGIN CERTIFICATE') as string] });
  });

  it.each([
    ['not PEM', 'hello'], ['empty', ''], ['a torn certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('that are %s are named by their option', (what, text) => {
    const bad = file(`${what}.pem`, text);
    const refused = (files: object) => () => secureContextOptions({ cert_file: pair.cert, key_file: pair.key, ...files });
    expect(refused({ cert_file: bad })).toThrow(`[DEFAULT] cert_file = ${bad}`);
    expect(refused({ key_file: bad })).toThrow(`[DEFAULT] key_file = ${bad}`);
    expect(refused({ ca_file: bad })).toThrow(`[DEFAULT] ca_file = ${bad}`);
  });

  it('have another mark once one of them was changed or is gone', () => {
    const files = { cert_file: file('a.pem', 'a'), key_file: file('b.pem', 'b') };
    const marks = [marksOf(files)];
    writeFileSync(files.key_file, 'longer');
    marks.push(marksOf(files));
    rmSync(files.cert_file);
    marks.push(marksOf(files));
    expect(new Set(marks).size).toBe(3);
  });
});
