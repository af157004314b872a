import fc from 'fast-check';
import { isIP } from 'node:net';
import { kindOf } from './special-addresses.js';
import { UriRefused } from './uri-filter.errors.js';
import { UriFilter, type Resolve, type UriFilterOptions } from './uri-filter.js';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['93.184.216.34', '2606:2800:220:1::1'],
  'inside.example': ['10.0.0.7'],
  'both.example': ['93.184.216.34', '127.0.0.1'],
  'six.example': ['fd00::1'],
  'scoped.example': ['fe80::1%eth0'],
  'metadata.example': ['169.254.169.254'],
  localhost: ['127.0.0.1', '::1'],
};
const resolver: Resolve = async (host) => {
  const found = NAMES[host];
  if (!found) throw new Error('ENOTFOUND');
  return found.map((address) => ({ address }));
};
const filterOf = (options: Partial<UriFilterOptions> = {}) => new UriFilter(options, resolver);
const answer = (uri: string, options?: Partial<UriFilterOptions>) =>
  filterOf(options).check(uri).then(() => 'passes', (error: unknown) => (error instanceof UriRefused ? error.rule : error));

describe('the lists of [import_filtering_opts]', () => {
  it.each<[string, Partial<UriFilterOptions>, string, string]>([
    ['a public host by its name', {}, 'http://public.example/i', 'passes'],
    ['an address', {}, 'https://93.184.216.34/i', 'passes'],
    ['IPv6 in any spelling', {}, 'http://[2606:2800:220:0001:0:0:0:1]/i', 'passes'],
    ['an allowed port', {}, 'http://public.example:443/i', 'passes'],
    ['a fragment', {}, 'http://public.example/i#new', 'passes'],
    ['capitals', {}, 'HTTP://Public.EXAMPLE/i', 'passes'],
    ['another port', {}, 'http://public.example:8080/i', 'allowed_ports'],
    ['port 0', {}, 'http://public.example:0/i', 'allowed_ports'],
    ['any port, by an empty list', { allowedPorts: [] }, 'http://public.example:8080/i', 'passes'],
    ['no port, by whatever list', { allowedPorts: [8080] }, 'http://public.example/i', 'passes'],
    ['the port that is the default one, named', { allowedPorts: [8080] }, 'http://public.example:80/i', 'allowed_ports'],
    ['a disallowed port', { allowedPorts: [], disallowedPorts: [22] }, 'http://public.example:22/i', 'disallowed_ports'],
    ['a port both allowed and disallowed', { allowedPorts: [80], disallowedPorts: [80] }, 'http://public.example:80/i', 'passes'],
    ['a scheme that is not allowed', { allowedSchemes: ['https'] }, 'http://public.example/i', 'allowed_schemes'],
    ['a disallowed scheme', { allowedSchemes: [], disallowedSchemes: ['HTTP'] }, 'http://public.example/i', 'disallowed_schemes'],
    ['a scheme both allowed and disallowed', { disallowedSchemes: ['http'] }, 'http://public.example/i', 'passes'],
    ['a host that is not allowed', { allowedHosts: ['other.example'] }, 'http://public.example/i', 'allowed_hosts'],
    ['an allowed host', { allowedHosts: ['PUBLIC.example.'] }, 'http://public.example/i', 'passes'],
    ['a host both allowed and disallowed', { allowedHosts: ['public.example'], disallowedHosts: ['public.example'] }, 'http://public.example/i', 'passes'],
    ['a disallowed host', { disallowedHosts: ['public.example'] }, 'http://public.example/i', 'disallowed_hosts'],
    ['a disallowed host with the dot at its end', { disallowedHosts: ['public.example'] }, 'http://public.example./i', 'disallowed_hosts'],
    ['a disallowed address, by a name that has it', { disallowedHosts: ['93.184.216.34'] }, 'http://public.example/i', 'disallowed_hosts'],
    ['a disallowed address, as IPv6 spells it', { disallowedHosts: ['93.184.216.34'] }, 'http://[::ffff:93.184.216.34]/i', 'disallowed_hosts'],
    ['a disallowed IPv6 address in another spelling', { disallowedHosts: ['[2606:2800:220:1:0::1]'] }, 'http://[2606:2800:220:1::1]/', 'disallowed_hosts'],
  ])('judge %s', async (_what, options, uri, expected) => expect(await answer(uri, options)).toBe(expected));

  it.each(['file:///etc/passwd', 'filesystem:///etc/passwd', 'FILE:///etc/passwd', 'swift+config://ref1/c/o', 'swift://a:b@h/c', 'rbd://x', 'ftp://public.example/', 'data:,x', 'gopher://public.example/'])(
    'CVE-2014-9493, CVE-2015-1195: refuse %s, whatever schemes are allowed', async (uri) => {
      expect(await answer(uri)).toBe('allowed_schemes');
      expect(await answer(uri, { allowedSchemes: [] })).toBe('allowed_schemes');
      expect(await answer(uri, { allowedSchemes: [uri.split(':')[0]!] })).toBe('allowed_schemes');
    });
});

describe('an address that is not public', () => {
  const LITERALS = [
    '127.0.0.1', '127.8.9.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '198.18.0.1',
    '[::1]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[64:ff9b::10.0.0.1]', '[64:ff9b:1::a00:1]', '[2002:7f00:1::]', '[2002:a00:1::1]', '[fe80::1]', '[fd12:3456::1]',
    '[fc00::1]', '[fec0::1]', '[::127.0.0.1]', '[2001:0:4136:e378::1]', '[2001:db8::1]', '[4000::1]', '[1::1]',
  ];
  const IMPOSSIBLE = ['0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '240.0.0.1', '[::]', '[ff02::1]', '[::ffff:0.0.0.0]', '[64:ff9b::224.0.0.1]'];
  const NAMED = ['inside.example', 'both.example', 'six.example', 'scoped.example', 'metadata.example', 'localhost'];

  it.each([...LITERALS, ...NAMED])('CVE-2017-7200, lp 2138602: %s is refused unless it is named or private ones are allowed', async (host) => {
    const uri = `http://${host}/latest/meta-data/`;
    expect(await answer(uri)).toBe('allow_private_addresses');
    expect(await answer(uri, { allowPrivateAddresses: true })).toBe('passes');
    expect(await answer(uri, { allowedHosts: [host] })).toBe('passes');
    expect(await answer(uri, { allowedHosts: ['public.example'] })).toBe('allowed_hosts');
  });

  it.each(IMPOSSIBLE)('%s is refused also where private ones are allowed', async (host) => {
    expect(await answer(`http://${host}/`, { allowPrivateAddresses: true })).toBe('allow_private_addresses');
  });

  it('gives no other answer than a name that is not known, so that names inside cannot be guessed', async () => {
    const text = (uri: string) => filterOf().check(uri).catch((error: unknown) => String(error).replace(uri, ''));
    expect(await text('http://inside.example/')).toBe(await text('http://unknown.example/'));
    expect(await answer('http://unknown.example/', { allowedHosts: ['unknown.example'] })).toBe('allow_private_addresses');
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '[2606:4700::1111]', '[64:ff9b::8.8.8.8]', '[2002:808:808::1]', '[::ffff:8.8.8.8]'])('%s is none', async (host) => {
    expect(await answer(`http://${host}/`)).toBe('passes');
  });

  it('lp 2138602: passes only with the answer of one question, which is what is connected to', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    let asked = 0;
    const filter = new UriFilter({}, async () => (answers[asked++] ?? []).map((address) => ({ address })));
    expect(await filter.check('http://rebinding.example/')).toMatchObject({ addresses: [{ address: '93.184.216.34', family: 4 }] });
    expect(asked).toBe(1);
    await expect(filter.check('http://rebinding.example/')).rejects.toMatchObject({ rule: 'allow_private_addresses' });
  });
});

describe('a host that can be read in two ways', () => {
  it.each([
    'http://2130706433/', 'http://2130706433:80/', 'http://017700000001/', 'http://0177.0.0.01/', 'http://0x7f000001/', 'http://0x7f.0.0.1/', 'http://127.0x0.0.1/',
    'http://127.1/', 'http://10.1/', 'http://127.0.0.01/', 'http://127.0.0.1./', 'http://１２７.0.0.1/', 'http://%31%32%37.0.0.1/', 'http://127。0。0。1/',
    'http://①②⑦.0.0.1/', 'http://[::ffff:127.0.0.1%25lo]/', 'http://bücher.example/', 'http://a@b@public.example/', 'http://public.example\\@127.0.0.1/', 'http:\\\\127.0.0.1/',
    'http:/127.0.0.1/', 'http:127.0.0.1', 'http:///127.0.0.1', 'http://', 'http:///', 'http://?x', 'http://#', 'http://:80/', 'http://user@/', 'http://public.example:99999/', 'http://public.example:80a/',
    'http://public.example:-1/', 'http://[::1', 'http://::1/', 'http://1.2.3.4.5/', 'http://public..example/', 'http://public.example../', 'http://-x.example/', 'http://pub,lic/', '//public.example/', 'public.example', '',
    ' http://public.example/', 'http://public.example/\r\nHost: x', 'ht\ntp://public.example/', 'http://public.example/a b', 'http://public\u0000.example/', `http://public.example/${'x'.repeat(8000)}`,
  ])('lp 2138602: %j is refused, whatever hosts and addresses are allowed', async (uri) => {
    expect(await answer(uri)).toBe('malformed');
    expect(await answer(uri, { allowPrivateAddresses: true, allowedPorts: [], allowedSchemes: [] })).toBe('malformed');
  });

  it('never lets what is not public pass, nor fails otherwise than by refusing', async () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6().map((ip) => `[${ip}]`), fc.constantFrom(...Object.keys(NAMES)), fc.domain(), fc.string(), fc.integer().map(String));
    const uri = fc.oneof(
      fc.tuple(fc.constantFrom('http', 'https', 'HTTP', 'file', ''), fc.constantFrom('://', ':', ':/', '//', ':\\\\'), fc.constantFrom('', 'u:p@', 'public.example@', '@'), host, fc.constantFrom('', ':', ':80', ':443', ':8080'), fc.constantFrom('', '/', '/x?y#z', '?', '#@public.example', '\\x')).map((parts) => parts.join('')),
      fc.webUrl(), fc.string({ unit: 'binary' }),
    );
    await fc.assert(fc.asyncProperty(uri, async (text) => {
      const passed = await filterOf().check(text).catch((error: unknown) => {
        if (!(error instanceof UriRefused)) throw error;
        return undefined;
      });
      if (!passed) return;
      expect(passed.addresses.length).toBeGreaterThan(0);
      for (const { address, family } of passed.addresses) expect([kindOf(address), isIP(address)]).toEqual(['public', family]);
    }), { numRuns: 3000 });
  });
});

describe('a refusal', () => {
  const messageOf = (uri: string, purpose?: string, options?: Partial<UriFilterOptions>) => filterOf(options).check(uri, purpose).then(() => '', (error: unknown) => String(error));

  it('row 18: names the rule, in the words that Tempest looks for', async () => {
    expect(await messageOf('http://public.example:8080/x', 'web-download')).toContain('URI for web-download does not pass filtering: http://public.example:8080/x (its port is not one of [import_filtering_opts] allowed_ports)');
    expect(await messageOf('http://127.0.0.1/x')).toContain('URI does not pass filtering: http://127.0.0.1/x (');
  });

  it('CVE-2013-0212: shows no credentials, no control characters, and not much', async () => {
    const shown = await messageOf(`ftp://user:s3cret@host/\r\n${'x'.repeat(5000)}`);
    expect(shown).not.toContain('s3cret');
    expect(shown).not.toMatch(/[\r\n]/);
    expect(shown.length).toBeLessThan(1300);
  });
});
