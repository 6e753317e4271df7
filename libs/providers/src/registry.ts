import type { Provider } from './provider';
import { apps } from './records/apps';
import { bedrock } from './records/bedrock';
import { chinese } from './records/chinese';
import { compatible } from './records/compatible';
import { hosts } from './records/hosts';
import { retrieval } from './records/retrieval';
import { selfHosted } from './records/self-hosted';
import { vendors } from './records/vendors';
import { vertexAi } from './records/vertex-ai';

/** Every kind of upstream, in the order the console shows them. */
export const providers: readonly Provider[] = [
  ...vendors,
  vertexAi,
  bedrock,
  ...compatible,
  ...chinese,
  ...hosts,
  ...retrieval,
  ...apps,
  ...selfHosted,
];

const byId: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.id, provider]));

export const findProvider = (id: string): Provider | undefined => byId.get(id);
