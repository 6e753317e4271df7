import type { Quirks } from '@app/providers';
import type { Encoded } from '../../chat/face';
import type { ChatRequest, Extension, Meta, OutputFormat } from '../../chat/request';
import { understood } from './decode-request';
import { encodeMessages } from './encode-messages';
import { encodeSampling } from './encode-sampling';
import { encodeTools } from './encode-tools';
import { encodeReasoning } from './reasoning-wish';
import { RequestWriter } from './request-writer';

/** A request for a chat completion. https://platform.openai.com/docs/api-reference/chat/create */
export function encodeRequest(request: ChatRequest, quirks: Quirks): Encoded {
  const writer = new RequestWriter(quirks);
  const { body, dropped } = writer;
  body.model = request.model;
  body.messages = encodeMessages(request, writer);
  if (request.stream) encodeStream(writer);
  encodeTools(request, writer);
  encodeFormat(request.format, writer);
  encodeSampling(request, encodeReasoning(request, writer), writer);
  encodeMeta(request.meta, writer);
  for (const extension of request.extensions) encodeExtension(extension, writer);
  return { body, dropped: [...dropped] };
}

/** Usage is always asked for: the call is billed by it. */
function encodeStream({ body, quirks }: RequestWriter): void {
  body.stream = true;
  if (quirks.acceptsUsageOption) body.stream_options = { include_usage: true };
}

/** OpenAI wants a schema to have a name. */
const SCHEMA_NAME = 'response';

function encodeFormat(format: OutputFormat | undefined, writer: RequestWriter): void {
  if (!format) return;
  if (format.kind !== 'json-schema') {
    writer.set('response_format', { type: format.kind === 'json' ? 'json_object' : 'text' }, 'format');
  } else if (!writer.quirks.jsonSchema) {
    writer.set('response_format', { type: 'json_object' }, 'format');
  } else {
    const { kind: _, name, ...schema } = format;
    writer.set(
      'response_format',
      { type: 'json_schema', json_schema: { name: name ?? SCHEMA_NAME, ...schema } },
      'format',
    );
  }
}

/** Anthropic's words that OpenAI has another for. */
const tiers: ReadonlyMap<string, string> = new Map([
  ['standard_only', 'default'],
  ['standard', 'default'],
]);

function encodeMeta(meta: Meta, writer: RequestWriter): void {
  writer.set('user', meta.user, 'meta.user');
  writer.set('metadata', meta.metadata && texts(meta.metadata), 'meta.metadata');
  writer.set('service_tier', meta.serviceTier && (tiers.get(meta.serviceTier) ?? meta.serviceTier), 'meta.serviceTier');
  writer.set('store', meta.store, 'meta.store');
  writer.set('prompt_cache_key', meta.promptCacheKey, 'meta.promptCacheKey');
  writer.set('verbosity', meta.verbosity, 'meta.verbosity');
  const speaks = meta.modalities?.some((modality) => modality !== 'text');
  writer.set('modalities', speaks ? meta.modalities : undefined, 'meta.modalities');
  writer.set('audio', meta.audio, 'meta.audio');
}

/** Metadata values are texts. */
const texts = (metadata: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

/** Fields of OpenAI's other two generation APIs, which chat refuses. */
const foreign: ReadonlySet<string> = new Set([
  ...[
    'input',
    'instructions',
    'include',
    'background',
    'truncation',
    'previous_response_id',
    'conversation',
    'max_tool_calls',
    'prompt',
    'text',
  ],
  ...['context_management', 'reasoning', 'best_of', 'echo', 'suffix'],
]);

/** An extension adds to the request; what the request says itself, no extension says again. */
function encodeExtension({ issuer, path, value }: Extension, writer: RequestWriter): void {
  const isOurs = issuer === 'openai' && !foreign.has(path) && !path.includes('.');
  const isFree = path === 'response_format' ? !('response_format' in writer.body) : !understood.has(path);
  if (isOurs && isFree) writer.set(path, value, `extensions.${path}`);
  else writer.dropped.add(`extensions.${path}`);
}
