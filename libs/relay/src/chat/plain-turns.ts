import type { Block, Source } from './blocks';
import type { ChatRequest, Meta, Sampling, Turn } from './request';

/** A turn for upstreams that know text and perhaps pictures by their address. */
export interface PlainTurn {
  readonly role: Turn['role'];
  readonly text: string;
  /** URLs. */
  readonly images: readonly string[];
}

/** The conversation as text, its instructions first, turns without any of it left out. What gets lost is added to `dropped`. */
export function plainTurns({ system, turns }: ChatRequest, dropped: Set<string>): PlainTurn[] {
  const all: readonly Turn[] = system.length > 0 ? [{ role: 'system', blocks: system }, ...turns] : turns;
  return all
    .map(({ role, blocks, name }) => {
      if (name) dropped.add('turns.name');
      const content = blocks.map((block) => plain(block, dropped));
      const text = content.map((each) => each.text ?? '').filter(Boolean);
      return { role, text: text.join('\n\n'), images: content.flatMap(({ image }) => image ?? []) };
    })
    .filter(({ text, images }) => text !== '' || images.length > 0);
}

interface Plain {
  readonly text?: string;
  readonly image?: string;
}

function plain(block: Block, dropped: Set<string>): Plain {
  if (block.kind === 'text') {
    if (block.cache) dropped.add('turns.cache');
    return { text: block.text };
  }
  if (block.kind === 'refusal') return { text: block.text };
  if (block.kind === 'image' && isAddress(block.source)) return { image: block.source.url };
  if (block.kind === 'file' && block.source.kind === 'text') return { text: block.source.text };
  dropped.add(block.kind === 'opaque' ? `turns[${block.type}]` : `turns.${block.kind}`);
  // A result is still something to read where the tool itself is unknown.
  if (block.kind !== 'tool-result') return {};
  return { text: block.content.map((inner) => plain(inner, dropped).text ?? '').join('\n\n') };
}

const isAddress = (source: Source): source is Extract<Source, { kind: 'url' }> =>
  source.kind === 'url' && /^https?:/i.test(source.url);

const speakers = { system: 'System', user: 'User', assistant: 'Assistant' } as const;

/** The whole conversation in one text, for upstreams that take a single question. */
export function transcript(turns: readonly PlainTurn[]): string {
  const [first] = turns;
  if (turns.length === 1 && first) return first.text;
  return turns.map(({ role, text }) => `${speakers[role]}: ${text}`).join('\n\n');
}

type Said = keyof Sampling | 'user';

/** Names all of a request but its conversation that an upstream without words for it does not hear; `said` it does. */
export function dropUnsaid(request: ChatRequest, said: ReadonlySet<Said>, dropped: Set<string>): void {
  const { sampling, meta, tools, toolChoice, reasoning, format, extensions } = request;
  for (const [name, value] of Object.entries(sampling)) {
    if (asksForMore(name, value) && !said.has(name as keyof Sampling)) dropped.add(`sampling.${name}`); // its own key
  }
  for (const [name, value] of Object.entries(meta)) {
    if (matters(name as keyof Meta, value) && !said.has(name as Said)) dropped.add(`meta.${name}`); // its own key
  }
  for (const tool of tools) dropped.add(`tools[${tool.kind === 'hosted' ? tool.type : tool.name}]`);
  if (toolChoice && toolChoice.kind !== 'auto' && toolChoice.kind !== 'none') dropped.add('toolChoice');
  if (reasoning?.effort !== 'none' && reasoning?.budgetTokens !== 0 && reasoning) dropped.add('reasoning');
  if (format && format.kind !== 'text') dropped.add('format');
  for (const { path } of extensions) dropped.add(`extensions.${path}`);
}

const asksForMore = (name: string, value: unknown): boolean =>
  value !== undefined && value !== false && !(name === 'candidates' && value === 1);

function matters(name: keyof Meta, value: unknown): boolean {
  if (value === undefined || value === false || name === 'legacyFunctions') return false;
  if (name === 'serviceTier') return value !== 'auto';
  return name !== 'modalities' || (Array.isArray(value) && value.some((one) => one !== 'text'));
}
