import { BlockList, isIP, isIPv4 } from 'node:net';
import { invalid } from '@app/core';

export const MAX_IP_RULES = 100;

/** Decides whether an address is on a key's list. */
export class IpMatcher {
  // One list per family: a shared BlockList would let `::/0` match IPv4 too, through the mapped notation.
  private readonly v4 = new BlockList();
  private readonly v6 = new BlockList();

  /** Addresses and CIDR ranges of both families. Throws `invalid` naming the entry that is neither. */
  constructor(rules: readonly string[]) {
    if (rules.length > MAX_IP_RULES) throw invalid('allowedIps', `must have at most ${MAX_IP_RULES} entries`);
    rules.forEach((rule, index) => this.add(parseRule(rule) ?? refuse(index)));
  }

  allows(address: string): boolean {
    const ip = canonicalIp(address);
    if (ip === null) return false;
    return isIPv4(ip) ? this.v4.check(ip, 'ipv4') : this.v6.check(ip, 'ipv6');
  }

  private add({ network, prefix }: Rule): void {
    if (isIPv4(network)) this.v4.addSubnet(network, prefix, 'ipv4');
    else this.v6.addSubnet(network, prefix, 'ipv6');
  }
}

interface Rule {
  readonly network: string;
  readonly prefix: number;
}

/**
 * One spelling per address: IPv4-mapped IPv6 (`::ffff:10.0.0.1`, `::ffff:a00:1`) as IPv4, other IPv6 compressed, without a
 * zone. Null for what is not an address.
 */
export function canonicalIp(address: string): string | null {
  if (isIPv4(address)) return address;
  if (isIP(address) !== 6) return null;
  const ip = new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(ip);
  if (mapped === null) return ip;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** What one customer of a provider usually has: the address in IPv4, the /64 around it in IPv6. Takes a canonical address. */
export function neighbourhood(ip: string): string {
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.split('::', 2);
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return `${[...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':')}::/64`;
}

function parseRule(text: string): Rule | null {
  const [address = '', bits, ...more] = text.trim().split('/');
  const network = address.includes('%') ? null : canonicalIp(address);
  if (network === null || more.length > 0) return null;
  const width = isIPv4(network) ? 32 : 128;
  if (bits === undefined) return { network, prefix: width };
  if (!/^\d{1,3}$/.test(bits)) return null;
  // A mapped range is written with the 96 bits of its `::ffff:` in front.
  const prefix = Number(bits) - (width === 32 && !isIPv4(address) ? 96 : 0);
  return prefix >= 0 && prefix <= width ? { network, prefix } : null;
}

function refuse(index: number): never {
  throw invalid(`allowedIps.${index}`, 'must be an IPv4 or IPv6 address or CIDR range');
}
