import type { Route } from '@app/channels';
import { offers, type Provider, providers, protocolsFor, type UpstreamProtocol } from '@app/providers';
import { minimalCall } from './minimal-call';
import { probeOperations, type ProbeOperation, protocolFor } from './probe-operation';

/** Whose names decide how they are called. */
const models: Readonly<Record<string, Partial<Record<ProbeOperation, string>>>> = {
  gemini: { images: 'imagen-x' },
  'vertex-ai': { embeddings: 'text-embedding-x', images: 'imagen-x' },
  bedrock: { chat: 'anthropic.claude-x', embeddings: 'amazon.titan-embed-x' },
  replicate: { chat: 'owner/m', images: 'owner/m' },
};

const modelOf = ({ id }: Provider, operation: ProbeOperation): string => models[id]?.[operation] ?? 'm';

function routeTo(provider: Provider, operation: ProbeOperation): Route {
  const { protocols, defaultBaseUrl, id } = provider;
  const baseUrl = defaultBaseUrl ?? `https://${id}.test`;
  const channel = { id: 'c', provider, baseUrl, protocols, settings: {}, overrides: null, proxy: null };
  const credential = { secret: 'k' };
  // Of a route only these are looked at.
  return {
    channel,
    credential,
    upstreamModel: modelOf(provider, operation),
    protocol: protocols[0],
  } as unknown as Route;
}

/** `embeddings POST https://… authorization {"model":"m",…}` */
function written(operation: ProbeOperation, route: Route): string {
  const { method, url, headers, body } = minimalCall(operation, route, false);
  const { 'content-type': type = '', ...rest } = headers;
  const shown = Object.entries(rest).map(([name, value]) => `${name}: ${value}`);
  const sent = body === null ? '' : type.startsWith('multipart/') ? '(form)' : (body as Buffer).toString();
  return [`${operation} over ${route.protocol}`, `${method} ${url}`, ...shown, sent].filter(Boolean).join('\n  ');
}

const chats = (provider: Provider): readonly UpstreamProtocol[] =>
  protocolsFor(provider, provider.protocols, modelOf(provider, 'chat')).filter((protocol) =>
    offers(provider, protocol, 'chat'),
  );

/** What a change of a record, or of what all records share, changes about the calls: to be read before it is accepted (`-u`). */
it.each(providers.map((provider) => [provider.id, provider] as const))('%s is called so', (_, provider) => {
  const chat = chats(provider).map((protocol) => written('chat', { ...routeTo(provider, 'chat'), protocol }));
  const others = probeOperations.flatMap((operation) => {
    const route = routeTo(provider, operation);
    const protocol = operation === 'chat' ? undefined : protocolFor(operation, route);
    return protocol ? [written(operation, { ...route, protocol })] : [];
  });
  expect(`\n${[...chat, ...others].join('\n')}\n`).toMatchSnapshot();
});
