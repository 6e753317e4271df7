import { offersOver, type Route } from '@app/channels';
import { type Operation, protocolsFor, type UpstreamProtocol } from '@app/providers';
import { reachableFor } from '../operations';

/** What a channel can be tested with, by one small call each. `models`: only its list, where nothing else is one call (realtime). */
export const probeOperations = [
  'chat',
  'completions',
  'embeddings',
  'rerank',
  'moderations',
  'images',
  'speech',
  'transcriptions',
  'models',
] as const satisfies readonly Operation[];

export type ProbeOperation = (typeof probeOperations)[number];

export const isProbeOperation = (value: unknown): value is ProbeOperation =>
  probeOperations.includes(value as ProbeOperation);

/** What vendors call their models that do not chat; the first that fits. */
const byName: readonly (readonly [ProbeOperation, RegExp])[] = [
  ['rerank', /rerank/],
  ['embeddings', /embed|(^|[/-])(bge|gte|e5|voyage)-/],
  ['moderations', /moderation/],
  ['models', /realtime/],
  ['transcriptions', /whisper|transcribe|(^|[/-])asr|sensevoice|parakeet|voxtral.*transcri/],
  ['speech', /(^|[/.-])tts|-speech|cosyvoice|kokoro|orpheus/],
  [
    'images',
    /dall-e|imagen|(^|[/-])image(-|$)|[/-](flash|pro)-image|flux|stable-diffusion|sdxl|seedream|cogview|kolors|qwen-image|wanx/,
  ],
  ['completions', /(gpt-3\.5-turbo-instruct|davinci-002|babbage-002)/],
];

const guessOf = (model: string): ProbeOperation =>
  byName.find(([, pattern]) => pattern.test(model.toLowerCase()))?.[0] ?? 'chat';

/** Over which protocol the channel's upstream can be asked this of the model; undefined: over none. */
export function protocolFor(
  operation: ProbeOperation,
  { channel, upstreamModel, protocol }: Route,
): UpstreamProtocol | undefined {
  const spoken = protocolsFor(channel.provider, channel.protocols, upstreamModel);
  const offering = (spoken.includes(protocol) ? [protocol, ...spoken] : spoken).filter((one) =>
    offersOver(channel, one, operation),
  );
  if (operation === 'chat' || operation === 'models') return offering[0];
  const reach = operation === 'completions' ? (['openai-chat'] as const) : reachableFor(operation, 'openai-chat');
  return reach.find((one) => offering.includes(one));
}

/** What the model is tested with: by its name, as far as the channel has it; else with whatever the channel has. */
export function probeOperation(route: Route): ProbeOperation {
  const guess = guessOf(route.upstreamModel);
  const likely: readonly ProbeOperation[] = [guess, 'chat', 'embeddings', 'rerank', 'images', 'speech', 'models'];
  return likely.find((operation) => protocolFor(operation, route) !== undefined) ?? 'chat';
}
