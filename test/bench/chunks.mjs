// @ts-check
/** Streams as upstreams send them, one event per chunk, for the cost of translating a chunk. Pure text, as most of a stream is. */

/** @typedef {'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'} Protocol */

export const PROTOCOLS = /** @type {const} */ (['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']);

const ID = 'BenchBenchBenchBenchBenchBen1';
const WORDS = [
  'The',
  ' quick',
  ' "brown"',
  ' fox',
  ' jumps',
  '\n',
  ' over',
  ' the',
  ' lazy',
  ' dog',
  ' – encore',
  ' 一次',
];

/** @type {Record<Protocol, { named: boolean, head: object[], piece(text: string, index: number): object }>} */
const streams = {
  'openai-chat': {
    named: false,
    head: [],
    piece: (content) => ({
      id: `chatcmpl-${ID}`,
      object: 'chat.completion.chunk',
      created: 1_760_000_000,
      model: 'bench',
      service_tier: 'default',
      system_fingerprint: 'fp_bench',
      choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
      usage: null,
    }),
  },
  'openai-responses': {
    named: true,
    head: [
      {
        type: 'response.created',
        response: { id: `resp_${ID}`, object: 'response', model: 'bench', status: 'in_progress', output: [] },
      },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'message', id: `msg_${ID}`, role: 'assistant', status: 'in_progress', content: [] },
      },
      {
        type: 'response.content_part.added',
        item_id: `msg_${ID}`,
        output_index: 0,
        content_index: 0,
        part: { type: 'output_text', text: '', annotations: [] },
      },
    ],
    piece: (delta, index) => ({
      type: 'response.output_text.delta',
      sequence_number: 3 + index,
      item_id: `msg_${ID}`,
      output_index: 0,
      content_index: 0,
      delta,
      logprobs: [],
      obfuscation: 'bench1234',
    }),
  },
  'anthropic-messages': {
    named: true,
    head: [
      {
        type: 'message_start',
        message: {
          id: `msg_${ID}`,
          type: 'message',
          role: 'assistant',
          model: 'bench',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 12, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ],
    piece: (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  },
  gemini: {
    named: false,
    head: [],
    piece: (text, index) => ({
      candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0 }],
      usageMetadata: { promptTokenCount: 12, candidatesTokenCount: index + 1, totalTokenCount: 13 + index },
      modelVersion: 'bench',
      responseId: ID,
    }),
  },
};

/**
 * @param {Protocol} protocol
 * @param {number} count
 * @returns {{ head: Buffer[], chunks: Buffer[] }} what opens the stream, and so many pieces of text
 */
export function streamOf(protocol, count) {
  const { named, head, piece } = streams[protocol];
  const frame = (/** @type {any} */ event) =>
    Buffer.from(`${named ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
  const chunks = Array.from({ length: count }, (_, index) => frame(piece(WORDS[index % WORDS.length] ?? '', index)));
  return { head: head.map(frame), chunks };
}
