// @ts-check
/**
 * What the simulator needs to know of a wire format. One record per vendor, one endpoint per path.
 *
 * @typedef {import('../answer.mjs').SimRequest} SimRequest
 * @typedef {import('../answer.mjs').Answer} Answer
 * @typedef {import('../answer.mjs').Tool} Tool
 * @typedef {import('node:http').IncomingHttpHeaders} Headers
 * @typedef {Record<string, any>} Json
 *
 * @typedef {{ text: string | Buffer, content: boolean }} Frame what goes over the wire; `content` marks the chunks that scripts count
 * @typedef {{ status: number, message: string, quota: boolean, reason: 'too-long' | 'forbidden-words' | null, retryAfterSeconds: number | null }} Fault
 *
 * @typedef {object} Face
 * @property {(headers: Headers, url: URL, body?: Buffer, method?: string) => string | null} credential
 * @property {(fault: Fault) => { status: number, headers: Record<string, string>, body: unknown }} failure
 * @property {(fault: Fault) => string | Buffer} streamFailure a failure inside a stream
 * @property {() => Record<string, string>} headers of every answer, as the vendor sends them
 *
 * @typedef {object} Endpoint
 * @property {string} method
 * @property {RegExp} path its first group, where it has one, is the model
 * @property {Face} face
 * @property {(body: Json, model: string, url: URL) => SimRequest} read
 * @property {(request: SimRequest, answer: Answer, body: Json) => unknown} reply
 * @property {(request: SimRequest, answer: Answer, body: Json) => { contentType: string, bytes: Buffer } | null} [plain] an answer that is no JSON, where one was asked for
 * @property {(request: SimRequest, answer: Answer, body: Json) => { contentType: string, chunks: Buffer[] }} [sound] the unstreamed answer is sound
 * @property {(request: SimRequest, answer: Answer, body: Json) => Frame[]} [frames] absent: the endpoint does not stream
 * @property {(body: Json) => { status: number, body: unknown } | null} [refusal] why a request of this body is refused
 * @property {string} [streamType] content type of the stream, where it is not server-sent events
 * @property {string} [doneMark] closes a complete stream
 */

/** @returns {SimRequest} */
export function emptyRequest() {
  return {
    model: '',
    stream: false,
    includeUsage: false,
    prompt: '',
    lastText: '',
    afterToolResult: false,
    images: 0,
    tools: [],
    forcedTool: null,
    schema: null,
    maxTokens: null,
  };
}

/**
 * @param {string | Buffer} text
 * @returns {Frame}
 */
export function content(text) {
  return { text, content: true };
}

/**
 * @param {string | Buffer} text
 * @returns {Frame}
 */
export function framing(text) {
  return { text, content: false };
}

/**
 * @param {unknown} value
 * @returns {any[]}
 */
export function list(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {unknown} value */
export function numberOrNull(value) {
  return typeof value === 'number' ? value : null;
}

/**
 * Tool arguments arrive in small pieces.
 * @param {string} text
 */
export function slices(text, size = 12) {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
}
