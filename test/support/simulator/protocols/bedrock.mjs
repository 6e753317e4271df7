// @ts-check
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html */
import aws4 from 'aws4';
import { awsChunk, awsEvent, awsException } from '../aws-frames.mjs';
import { tokens } from '../answer.mjs';
import { id } from '../ids.mjs';
import { frames as messageFrames, read as readMessage, reply as replyMessage } from './anthropic.mjs';
import { content, emptyRequest, framing, list, numberOrNull, slices } from './face.mjs';
import { vector } from './openai-others.mjs';

/**
 * @typedef {import('./face.mjs').SimRequest} SimRequest
 * @typedef {import('./face.mjs').Answer} Answer
 * @typedef {import('./face.mjs').Frame} Frame
 * @typedef {import('./face.mjs').Json} Json
 */

/** Accounts whose signatures are good. The second is a session. */
export const awsAccounts = [
  { accessKeyId: 'AKIASIMULATOR0000001', secretAccessKey: 'simulated/secret+access/key0000000000001' },
  {
    accessKeyId: 'ASIASIMULATOR0000002',
    secretAccessKey: 'simulated/secret+access/key0000000000002',
    sessionToken: 'simulated-session-token==',
  },
];
/** And an API key. */
export const bedrockApiKey = 'ABSKc2ltdWxhdGVkLWJlZHJvY2sta2V5';

const STREAM = 'application/vnd.amazon.eventstream';
const STOP = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use', filter: 'content_filtered' };
const SIGNATURE = 'c2ltdWxhdGVkLXRoaW5raW5nLXNpZ25hdHVyZQ==';

/** @type {Readonly<Record<number, [status: number, name: string]>>} */
const ERRORS = {
  400: [400, 'ValidationException'],
  401: [403, 'UnrecognizedClientException'],
  403: [403, 'AccessDeniedException'],
  404: [404, 'ResourceNotFoundException'],
  429: [429, 'ThrottlingException'],
  503: [503, 'ServiceUnavailableException'],
};

/** @type {import('./face.mjs').Face} */
const face = {
  credential: (headers, url, body = Buffer.alloc(0), method = 'POST') => {
    if (headers.authorization === `Bearer ${bedrockApiKey}`) return bedrockApiKey;
    const account = awsAccounts.find(({ accessKeyId }) =>
      headers.authorization?.includes(`Credential=${accessKeyId}/`),
    );
    return account && isSigned(account, headers, url, body, method) ? account.accessKeyId : null;
  },
  failure: (fault) => {
    const [status, name] = ERRORS[fault.status] ?? [500, 'InternalServerException'];
    const headers = { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` };
    return { status, headers, body: { message: fault.message } };
  },
  streamFailure: () => awsException('throttlingException', 'Too many tokens, please wait before trying again.'),
  headers: () => ({ 'x-amzn-requestid': id('', 32) }),
};

/**
 * Signs the request once more, as it arrived.
 * @param {typeof awsAccounts[number]} account
 * @param {import('./face.mjs').Headers} headers
 * @param {URL} url
 * @param {Buffer} body
 * @param {string} method
 */
function isSigned(account, headers, url, body, method) {
  const [, region, service] =
    /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const path = url.pathname + url.search;
  const request = {
    service,
    region,
    method,
    host: headers.host,
    path,
    headers: signed,
    body: body.length > 0 ? body : '',
  };
  const again = aws4.sign(request, account).headers?.Authorization;
  return again === headers.authorization && headers['x-amz-security-token'] === account.sessionToken;
}

/** @type {readonly import('./face.mjs').Endpoint[]} */
export const bedrock = [
  {
    ...action('invoke'),
    read: (body, model) => (embeds(body) ? readTexts(body, model) : readInvoked(body, model, false)),
    reply: (request, answer, body) => (embeds(body) ? vectorsOf(body) : replyMessage(request, answer)),
  },
  {
    ...action('count-tokens'),
    read: readCounted,
    reply: (request) => ({ inputTokens: tokens(request.prompt) }),
  },
  {
    method: 'GET',
    path: /^\/foundation-models$/,
    face,
    read: emptyRequest,
    reply: () => ({
      modelSummaries: [
        { modelId: 'amazon.nova-pro-v1:0', inferenceTypesSupported: ['ON_DEMAND'] },
        { modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0', inferenceTypesSupported: ['INFERENCE_PROFILE'] },
        { modelId: 'meta.llama3-1-8b-instruct-v1:0:128k', inferenceTypesSupported: ['PROVISIONED'] },
      ],
    }),
  },
  {
    method: 'GET',
    path: /^\/inference-profiles$/,
    face,
    read: (_body, _model, url) => ({ ...emptyRequest(), prompt: url.searchParams.get('nextToken') ?? '' }),
    reply: (request) =>
      request.prompt === 'p/2='
        ? { inferenceProfileSummaries: [{ inferenceProfileId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' }] }
        : {
            inferenceProfileSummaries: [{ inferenceProfileId: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0' }],
            nextToken: 'p/2=',
          },
  },
  {
    ...action('invoke-with-response-stream'),
    read: (body, model) => readInvoked(body, model, true),
    reply: replyMessage,
    frames: (request, answer) => messageFrames(request, answer).map(wrapped),
    streamType: STREAM,
  },
  { ...action('converse'), read: (body, model) => read(body, model, false), reply },
  {
    ...action('converse-stream'),
    read: (body, model) => read(body, model, true),
    reply,
    frames,
    streamType: STREAM,
  },
];

/** @param {Json} body */
const embeds = (body) => 'inputText' in body || 'texts' in body;

/**
 * @param {Json} body
 * @param {string} model
 */
const readTexts = (body, model) => ({
  ...emptyRequest(),
  model,
  prompt: [body.inputText, ...list(body.texts)].join(''),
});

/** Titan takes one text and counts it, Cohere several. @param {Json} body */
const vectorsOf = (body) =>
  'inputText' in body
    ? { embedding: vector(body.inputText), inputTextTokenCount: tokens(body.inputText) }
    : { response_type: 'embeddings_floats', embeddings: list(body.texts).map((text) => vector(text)) };

/**
 * Profiles are not counted for, only models.
 * @param {Json} body
 * @param {string} model
 */
function readCounted(body, model) {
  if (/^(us|eu|global)\./.test(model)) throw new Error("The provided model doesn't support counting tokens");
  return read(body.input.converse, model, false);
}

/** @param {string} name */
function action(name) {
  return { method: 'POST', path: new RegExp(`^/model/([^/]+)/${name}$`), face };
}

/**
 * @param {Json} body
 * @param {string} model
 * @param {boolean} stream
 */
function readInvoked(body, model, stream) {
  if (body.anthropic_version !== 'bedrock-2023-05-31') throw new Error('anthropic_version: Field required');
  for (const name of ['model', 'stream']) if (name in body) throw new Error(`${name}: Extra inputs are not permitted`);
  return { ...readMessage(body), model, stream };
}

/**
 * @param {Frame} frame
 * @returns {Frame}
 */
function wrapped({ text, content: counts }) {
  return { text: awsChunk(JSON.parse(/^data: (.*)$/m.exec(String(text))?.[1] ?? '')), content: counts };
}

/**
 * @param {Json} body
 * @param {string} model
 * @param {boolean} stream
 * @returns {SimRequest}
 */
function read(body, model, stream) {
  const messages = list(body.messages);
  const blocks = messages.flatMap((message) => list(message?.content));
  const tools = list(body.toolConfig?.tools).flatMap(({ toolSpec }) => (toolSpec ? [toolSpec] : []));
  return {
    ...emptyRequest(),
    model,
    stream,
    prompt: textOf(body.system) + messages.map((message) => textOf(message?.content)).join(''),
    lastText: textOf(messages.findLast((message) => message?.role === 'user')?.content),
    afterToolResult: list(messages.at(-1)?.content).some((block) => block?.toolResult),
    images: blocks.filter((block) => block?.image).length,
    tools: tools.map((tool) => ({ name: tool.name, parameters: tool.inputSchema?.json ?? {} })),
    forcedTool: body.toolConfig?.toolChoice?.tool?.name ?? null,
    maxTokens: numberOrNull(body.inferenceConfig?.maxTokens),
  };
}

/**
 * @param {unknown} blocks
 * @returns {string}
 */
function textOf(blocks) {
  return list(blocks)
    .map((block) => (block?.toolResult ? textOf(block.toolResult.content) : (block?.text ?? '')))
    .join('');
}

/**
 * @param {SimRequest} _request
 * @param {Answer} answer
 */
function reply(_request, answer) {
  return {
    output: { message: { role: 'assistant', content: blocks(answer) } },
    stopReason: STOP[answer.finish],
    metrics: { latencyMs: 1 },
    ...(answer.usage && { usage: usageOf(answer.usage) }),
  };
}

/** @param {Answer} answer */
function blocks(answer) {
  const text = answer.pieces.join('');
  const thoughts = answer.reasoning.join('');
  return [
    ...(thoughts === '' ? [] : [{ reasoningContent: { reasoningText: { text: thoughts, signature: SIGNATURE } } }]),
    ...(text === '' ? [] : [{ text }]),
    ...answer.toolCalls.map((call) => ({
      toolUse: { toolUseId: id('tooluse_', 22), name: call.name, input: JSON.parse(call.arguments) },
    })),
  ];
}

/**
 * Text and thoughts are not announced; usage comes last.
 * @param {SimRequest} _request
 * @param {Answer} answer
 * @returns {Frame[]}
 */
function frames(_request, answer) {
  const thoughts = answer.reasoning.map((text) => ({ reasoningContent: { text } }));
  const signed = thoughts.length > 0 ? [...thoughts, { reasoningContent: { signature: SIGNATURE } }] : [];
  const calls = answer.toolCalls.map((call) => slices(call.arguments).map((input) => ({ toolUse: { input } })));
  const open = [signed, answer.pieces.map((text) => ({ text }))].filter((deltas) => deltas.length > 0);
  return [
    framing(awsEvent('messageStart', { role: 'assistant' })),
    ...open.flatMap((deltas, index) => blockFrames(index, deltas)),
    ...calls.flatMap((deltas, at) => {
      const start = { toolUse: { toolUseId: id('tooluse_', 22), name: answer.toolCalls[at]?.name } };
      const contentBlockIndex = open.length + at;
      const opening = framing(awsEvent('contentBlockStart', { contentBlockIndex, start }));
      return [opening, ...blockFrames(contentBlockIndex, deltas)];
    }),
    framing(awsEvent('messageStop', { stopReason: STOP[answer.finish] })),
    ...(answer.usage
      ? [framing(awsEvent('metadata', { usage: usageOf(answer.usage), metrics: { latencyMs: 1 } }))]
      : []),
  ];
}

/**
 * @param {number} contentBlockIndex
 * @param {Json[]} deltas
 * @returns {Frame[]}
 */
function blockFrames(contentBlockIndex, deltas) {
  return [
    ...deltas.map((delta) => content(awsEvent('contentBlockDelta', { contentBlockIndex, delta, p: 'abcdef' }))),
    framing(awsEvent('contentBlockStop', { contentBlockIndex })),
  ];
}

/**
 * The input excludes what came from the cache.
 * @param {import('../answer.mjs').Usage} usage
 */
function usageOf(usage) {
  return {
    inputTokens: usage.input - usage.cached,
    outputTokens: usage.output,
    totalTokens: usage.input + usage.output,
    cacheReadInputTokens: usage.cached,
    cacheWriteInputTokens: 0,
  };
}
