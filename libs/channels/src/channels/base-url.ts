/** Hosts that hand out the machine's own cloud credentials; no upstream lives there. */
const metadataHosts = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** IPv4 link-local (AWS, Azure, Google, Oracle, ECS) and Alibaba's address. */
const metadataIpv4 = /^(169\.254\.\d+\.\d+|100\.100\.100\.200)$/;

/** AWS's and link-local IPv6. */
const metadataIpv6 = /^(fd00:ec2:|fe[89ab][\da-f]:)/;

/** Takes a host as `new URL` writes it, or an address after look-up: what must not be called, whoever asks. */
export function isMetadataHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (metadataHosts.has(name) || metadataIpv4.test(name) || metadataIpv6.test(name)) return true;
  const mapped = mappedIpv4(name);
  return mapped !== undefined && metadataIpv4.test(mapped);
}

/** `::ffff:a9fe:a9fe` or `::ffff:169.254.169.254` → `169.254.169.254`. */
function mappedIpv4(name: string): string | undefined {
  const [, dotted, high, low] = /^::(?:ffff:)?(?:(\d+\.\d+\.\d+\.\d+)|([\da-f]{1,4}):([\da-f]{1,4}))$/.exec(name) ?? [];
  if (dotted !== undefined || high === undefined || low === undefined) return dotted;
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

export type CheckedUrl = { readonly url: string } | { readonly problem: string };

/**
 * The base URL of an upstream as it is stored. Private addresses are welcome (models run there), metadata services are not.
 * A name that only resolves to one is for whoever opens the connection to refuse.
 */
export function checkBaseUrl(text: string): CheckedUrl {
  if (text.length > 2048) return { problem: 'must be at most 2048 characters' };
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return { problem: 'must be an http or https URL' };
  if (url.username !== '' || url.password !== '') return { problem: 'must not hold a user or password: use keys' };
  if (url.search !== '' || url.hash !== '') return { problem: 'must not have a query or a fragment' };
  if (isMetadataHost(url.hostname)) return { problem: 'must not be a cloud metadata service' };
  return { url: url.href.replace(/\/+$/, '') };
}
