import type { Route } from '@app/channels';
import { modelsRequest, offers, readModelsPage, type UpstreamAddress } from '@app/providers';

const MAX_PAGES = 20;

/** Every page of an upstream's models list, sorted, each name once. */
export async function fetchAllModels(
  route: Route,
  read: (address: UpstreamAddress) => Promise<unknown>,
): Promise<string[]> {
  const { channel, credential } = route;
  // Not every protocol of a provider has a list.
  const spoken = [route.protocol, ...channel.provider.protocols];
  const protocol = spoken.find((candidate) => offers(channel.provider, candidate, 'models')) ?? route.protocol;
  const target = { protocol, baseUrl: channel.baseUrl, credential: credential.secret, settings: channel.settings };
  const models = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const address = modelsRequest(channel.provider, target, cursor);
    if (!address) break;
    const { models: found, next } = readModelsPage(channel.provider, protocol, await read(address));
    for (const name of found) models.add(name);
    if (next === null) break;
    cursor = next;
  }
  return [...models].sort();
}
