import { BlockList, isIP } from 'node:net';

/** Ranges of IANA's special-purpose registry that are no host in the public internet; what a web request may not go to unasked. */
const PRIVATE_IPV4 = [
  '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24',
  '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24',
];
/** Unspecified, multicast, reserved, broadcast: never a web server, whoever allows what. */
const IMPOSSIBLE_IPV4 = ['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4'];

/** Global unicast is 2000::/3; in it Teredo, ORCHID, benchmarks and documentation are not. */
const PRIVATE_IPV6 = ['::1/128', '64:ff9b:1::/48', '100::/64', 'fc00::/7', 'fe80::/10', 'fec0::/10', '2001::/23', '2001:db8::/32', '3fff::/20', '5f00::/16'];
const IMPOSSIBLE_IPV6 = ['::/128', 'ff00::/8'];
const NOT_GLOBAL_IPV6 = ['::/3', '4000::/2', '8000::/1'];

interface Range {
  readonly address: string;
  readonly bits: number;
}

const range = (text: string): Range => {
  const [address = '', bits = ''] = text.split('/');
  return { address, bits: Number(bits) };
};

/** Also where the IPv4 address stands inside of an IPv6 one: NAT64, 6to4, IPv4-compatible. BlockList itself knows IPv4-mapped ones. */
function embeddings({ address, bits }: Range): readonly Range[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const sixToFour = `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`;
  return [{ address: `64:ff9b::${address}`, bits: 96 + bits }, { address: sixToFour, bits: 16 + bits }];
}

function blockList(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of ipv4.map(range)) {
    list.addSubnet(one.address, one.bits, 'ipv4');
    for (const { address, bits } of embeddings(one)) list.addSubnet(address, bits, 'ipv6');
  }
  for (const { address, bits } of ipv6.map(range)) list.addSubnet(address, bits, 'ipv6');
  return list;
}

const impossible = blockList(IMPOSSIBLE_IPV4, IMPOSSIBLE_IPV6);
const special = blockList(PRIVATE_IPV4, PRIVATE_IPV6);
const notGlobal = blockList([], NOT_GLOBAL_IPV6);
const translated = blockList([], ['64:ff9b::/96', '::ffff:0:0/96']);

/** True where the list has the address; `list` may hold IPv4 addresses and the address be their IPv4-mapped form. */
export function holds(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** `impossible`: no web server can have it. `private`: loopback, link-local, of a private network, or otherwise not of the public internet. */
export function kindOf(address: string): 'public' | 'private' | 'impossible' {
  if (isIP(address) === 0 || holds(impossible, address)) return 'impossible';
  if (holds(special, address)) return 'private';
  return isIP(address) === 6 && holds(notGlobal, address) && !holds(translated, address) ? 'private' : 'public';
}
