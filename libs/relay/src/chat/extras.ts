import { isObject } from '../json';
import type { Block, Extra, Issuer } from './blocks';
import type { ChatRequest, Tool } from './request';

/** Extras that repeat what the neutral form says in its own words, or only number and date a part of the conversation. */
const silent: Readonly<Partial<Record<Issuer, ReadonlySet<string>>>> = {
  anthropic: new Set(['type', 'source', 'content', 'caller']),
  openai: new Set(['item']),
  gemini: new Set(['parameters', 'parametersJsonSchema']),
};

/**
 * What only the caller's protocol can say of a block or a tool (how finely one picture is looked at, that a tool is loaded later) and
 * an upstream of another one is not told: `turns.mediaResolution`, `tools[weather].defer_loading`.
 */
export function foreignExtras(
  { system, turns, extras = [], tools }: ChatRequest,
  own: Issuer | undefined,
): readonly string[] {
  const lost = new Set<string>();
  for (const block of system) loseOf('turns.', block, own, lost);
  for (const { blocks } of turns) for (const block of blocks) loseIn(block, own, lost);
  for (const extra of extras) loseOf('turns.', { extra }, own, lost);
  for (const tool of tools) loseTool(tool, own, lost);
  return [...lost];
}

function loseIn(block: Block, own: Issuer | undefined, lost: Set<string>): void {
  if ('extra' in block) loseOf('turns.', block, own, lost);
  if (block.kind === 'tool-result') for (const inner of block.content) loseIn(inner, own, lost);
}

function loseTool(tool: Tool, own: Issuer | undefined, lost: Set<string>): void {
  if (tool.kind !== 'hosted') loseOf(`tools[${tool.name}].`, tool, own, lost);
}

/** OpenAI's and Gemini's fields may stand one level deeper, under the part they are of. */
const holders: ReadonlySet<string> = new Set(['tool', 'namespace', 'functionResponse', 'inlineData', 'fileData']);

/** What OpenAI's Responses is told of OpenAI's extras; the others are chat's own. */
const responsesOwn: ReadonlySet<string> = new Set(['item', 'tool', 'namespace']);

function loseOf(
  place: string,
  { extra }: { readonly extra?: Extra },
  own: Issuer | undefined,
  lost: Set<string>,
): void {
  if (!extra || (extra.issuer === own && own !== 'openai')) return;
  for (const [name, value] of Object.entries(extra.fields)) {
    if (silent[extra.issuer]?.has(name) || (own === 'openai' && extra.issuer === own && responsesOwn.has(name)))
      continue;
    const names = holders.has(name) && isObject(value) ? Object.keys(value) : [name];
    for (const field of names) lost.add(`${place}${field}`);
  }
}
