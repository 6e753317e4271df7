import { BlockList, isIP } from 'node:net';

/** `public`: addresses of the internet only. `private`: those of private networks and this machine too. */
export type Reach = 'public' | 'private';

type Subnet = readonly [address: string, prefix: number];

/** Link-local addresses, among them cloud metadata services, which hand out credentials; and what leads nowhere. */
const never: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['ff00::', 8],
];

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sister: what is not globally reachable. */
const onlyPrivate: readonly Subnet[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['::1', 128],
  // What embeds another address (NAT64, Teredo, 6to4) would be a way around.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
];

function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

const refused: Readonly<Record<Reach, BlockList>> = {
  private: blockList(never),
  public: blockList([...never, ...onlyPrivate]),
};

/** IPv4 addresses written as IPv6 count as what they are. What is no address is refused. */
export function isRefusedAddress(address: string, reach: Reach): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const version = isIP(plain);
  return version === 0 || refused[reach].check(plain, version === 6 ? 'ipv6' : 'ipv4');
}
