import type { ChatRequest, Extension, Meta, OutputFormat, Sampling } from '../../chat/request';
import { defined, isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import { badRequest } from '../../relay.errors';
import { decodeToolChoice, decodeTools } from './decode-tools';
import { decodeSystem, decodeTurns } from './decode-turns';
import { unknownFields } from './fields';
import { decodeThinking } from '../claude-thinking';

/** A caller's request; that of `count_tokens`, which has no `max_tokens`, too. https://platform.claude.com/docs/en/api/messages */
export function decodeRequest(
  body: JsonObject,
  path: { readonly model?: string; readonly stream?: boolean },
): ChatRequest {
  const model = textAt(body, 'model') ?? path.model;
  if (!model) throw badRequest('model: Field required', 'model');
  if (!Array.isArray(body.messages)) throw badRequest('messages: Input should be a valid list', 'messages');
  const outputConfig = objectAt(body, 'output_config');
  const reasoning = decodeThinking(body.thinking, outputConfig?.effort);
  const format = decodeFormat(outputConfig?.format ?? body.output_format);
  return {
    model,
    stream: typeof body.stream === 'boolean' ? body.stream : (path.stream ?? false),
    system: decodeSystem(body.system),
    turns: decodeTurns(body.messages),
    tools: decodeTools(body.tools),
    ...decodeToolChoice(body.tool_choice),
    ...(reasoning ? { reasoning } : {}),
    ...(format ? { format } : {}),
    sampling: decodeSampling(body),
    meta: decodeMeta(body),
    extensions: decodeExtensions(body, format !== undefined),
  };
}

function decodeSampling(body: JsonObject): Sampling {
  const stop = Array.isArray(body.stop_sequences) ? body.stop_sequences.filter((word) => typeof word === 'string') : [];
  return defined({
    maxOutputTokens: numberOf(body, 'max_tokens'),
    temperature: numberOf(body, 'temperature'),
    topP: numberOf(body, 'top_p'),
    topK: numberOf(body, 'top_k'),
    stop: stop.length > 0 ? stop : undefined,
  });
}

function numberOf(body: JsonObject, name: string): number | undefined {
  if (body[name] != null && typeof body[name] !== 'number')
    throw badRequest(`${name}: Input should be a valid number`, name);
  return numberAt(body, name);
}

function decodeMeta(body: JsonObject): Meta {
  const tier = textAt(body, 'service_tier');
  return defined({
    user: textAt(objectAt(body, 'metadata'), 'user_id'),
    serviceTier: tier === 'standard_only' ? 'default' : tier,
  });
}

function decodeFormat(format: unknown): OutputFormat | undefined {
  if (!isObject(format) || format.type !== 'json_schema' || !isObject(format.schema)) return undefined;
  return { kind: 'json-schema', schema: format.schema, strict: true };
}

/** Fields the neutral form says itself. */
const understood: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'service_tier',
]);

/** Everything else is Anthropic's own: `container`, `context_management`, `mcp_servers`, `output_config.task_budget` … */
function decodeExtensions(body: JsonObject, hasFormat: boolean): readonly Extension[] {
  const config = ['effort', ...(hasFormat ? ['format'] : [])];
  return [
    ...fields(body, understood, ''),
    ...fields(objectAt(body, 'output_config'), new Set(config), 'output_config.'),
    ...fields(objectAt(body, 'metadata'), new Set(['user_id']), 'metadata.'),
  ];
}

const fields = (source: JsonObject | undefined, known: ReadonlySet<string>, prefix: string): readonly Extension[] =>
  Object.entries(unknownFields(source ?? {}, known) ?? {}).map(([name, value]) => ({
    issuer: 'anthropic',
    path: prefix + name,
    value,
  }));
