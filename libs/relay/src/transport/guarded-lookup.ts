import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isMetadataHost } from '@app/channels';

type Done = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Resolves a host name as usual, but refuses one that leads to a cloud's metadata service, whatever the name says. */
export function guardedLookup(hostname: string, options: LookupOptions, done: Done): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    if (addresses.some(({ address }) => isMetadataHost(address))) {
      return done(Object.assign(new Error('address refused'), { code: 'EADDRNOTAVAIL' }), []);
    }
    const [first] = addresses;
    if (options.all || !first) done(null, addresses);
    else done(null, first.address, first.family);
  });
}
