// @ts-check
/**
 * What the simulated model says, before any wire format: computed from the request alone, so that a test can compute it too.
 *
 * @typedef {object} SimRequest what a protocol's reader found in a request
 * @property {string} model
 * @property {boolean} stream
 * @property {boolean} includeUsage OpenAI chat sends usage on a stream only when asked
 * @property {string} prompt all text of the request, in order
 * @property {string} lastText the last user text, or the last tool result
 * @property {boolean} afterToolResult the request ends with a tool's result
 * @property {number} images
 * @property {readonly Tool[]} tools
 * @property {string | null} forcedTool
 * @property {Record<string, unknown> | null} schema of structured output
 * @property {number | null} maxTokens
 *
 * @typedef {{ name: string, parameters: Record<string, unknown> }} Tool
 * @typedef {{ name: string, arguments: string }} ToolCall
 * @typedef {{ input: number, cached: number, output: number, reasoning: number }} Usage input holds cached, output holds reasoning
 *
 * @typedef {object} Answer
 * @property {readonly string[]} pieces the text, in stream chunks
 * @property {readonly string[]} reasoning
 * @property {readonly ToolCall[]} toolCalls
 * @property {'stop' | 'length' | 'tools' | 'filter'} finish
 * @property {Usage | null} usage
 * @property {boolean} kept it can be fetched and gone on from later
 */
import { exampleOf } from './example.mjs';

/** @typedef {import('./script.mjs').Script} Script */

const TOKENS_PER_IMAGE = 85;
const BIG_LINE_BYTES = 1024 * 1024;
const DEFAULT_TOOL = { name: 'get_weather', parameters: { properties: { city: { type: 'string' } } } };
const REASONING = ['The user ', 'said something, ', 'so I say it back.'];

/**
 * A token is four UTF-16 code units, rounded up: simple enough for a test to compute.
 * @param {string} text
 */
export function tokens(text) {
  return Math.ceil(text.length / 4);
}

/**
 * @param {SimRequest} request
 * @param {Script} script
 * @returns {Answer}
 */
export function answerTo(request, script) {
  const toolCalls = script.shape === 'tools' && !request.afterToolResult ? callsFor(request) : [];
  const said =
    toolCalls.length > 0 ? { pieces: [], cut: false } : shorten(piecesFor(request, script), request.maxTokens);
  const reasoning = script.reasoning ? REASONING : [];
  return {
    pieces: said.pieces,
    reasoning,
    toolCalls,
    finish: finishOf(toolCalls, said.cut, script),
    kept: script.keeps,
    usage: usageOf(request, script, { text: said.pieces.join(''), reasoning: reasoning.join(''), toolCalls }),
  };
}

/**
 * @param {SimRequest} request
 * @param {Script} script
 * @returns {string[]}
 */
function piecesFor(request, script) {
  if (script.shape === 'json')
    return words(JSON.stringify(request.schema ? exampleOf(request.schema) : { answer: request.lastText }));
  if (script.text === 'fast') return ['ok'];
  if (script.text === 'big-line') return Array.from({ length: script.chunks ?? 1 }, () => 'x'.repeat(BIG_LINE_BYTES));
  if (script.text === 'generated') return Array.from({ length: script.chunks ?? 1 }, (_, index) => `word${index} `);
  const echoed = words(request.lastText || 'Hello from the simulator.');
  return script.chunks === null ? echoed : evenly(echoed.join(''), script.chunks);
}

/** @param {string} text */
function words(text) {
  return text.match(/\s*\S+|\s+$/gu) ?? [];
}

/**
 * @param {string} text
 * @param {number} count
 */
function evenly(text, count) {
  const size = Math.max(1, Math.ceil(text.length / Math.max(1, count)));
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
}

/**
 * @param {readonly string[]} pieces
 * @param {number | null} maxTokens
 */
function shorten(pieces, maxTokens) {
  const text = pieces.join('');
  if (maxTokens === null || tokens(text) <= maxTokens) return { pieces, cut: false };
  let left = maxTokens * 4;
  const kept = pieces.map((piece) => {
    const part = piece.slice(0, left);
    left -= part.length;
    return part;
  });
  return { pieces: kept.filter((piece) => piece !== ''), cut: true };
}

/**
 * At most two calls, so that an answer with two tools is a parallel one.
 * @param {SimRequest} request
 * @returns {ToolCall[]}
 */
function callsFor(request) {
  const offered = request.tools.length > 0 ? request.tools : [DEFAULT_TOOL];
  const chosen = request.forcedTool ? offered.filter((tool) => tool.name === request.forcedTool) : offered.slice(0, 2);
  return chosen.map((tool) => ({ name: tool.name, arguments: JSON.stringify(exampleOf(tool.parameters)) }));
}

/**
 * @param {readonly ToolCall[]} calls
 * @param {boolean} cut
 * @param {Script} script
 * @returns {Answer['finish']}
 */
function finishOf(calls, cut, script) {
  if (script.filtered) return 'filter';
  if (calls.length > 0) return 'tools';
  return cut ? 'length' : 'stop';
}

/**
 * @param {SimRequest} request
 * @param {Script} script
 * @param {{ text: string, reasoning: string, toolCalls: readonly ToolCall[] }} said
 * @returns {Usage | null}
 */
function usageOf(request, script, said) {
  if (script.usage === 'none') return null;
  if (script.usage === 'zero') return { input: 0, cached: 0, output: 0, reasoning: 0 };
  if (script.usage === 'huge') return { input: 1e15, cached: 0, output: 1e15, reasoning: 0 };
  if (script.usage === 'negative') return { input: -5, cached: 0, output: -7, reasoning: 0 };
  const input = tokens(request.prompt) + request.images * TOKENS_PER_IMAGE;
  const calls = said.toolCalls.reduce((sum, call) => sum + tokens(call.name + call.arguments), 0);
  const reasoning = tokens(said.reasoning);
  return {
    input,
    cached: Math.min(script.cachedTokens, input),
    output: tokens(said.text) + calls + reasoning,
    reasoning,
  };
}
