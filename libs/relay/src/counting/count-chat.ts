import type { Block, Source } from '../chat/blocks';
import type { ChatRequest, Tool } from '../chat/request';
import { tokensOfText } from '../request/text-tokens';

/** What frames a message in every vendor's prompt: a role and its marks. */
const TOKENS_PER_TURN = 4;
const TOKENS_PER_TOOL = 12;
/** Anthropic tells Claude how tools are used. https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#pricing */
const CLAUDE_TOOLS = 346;

/** What media cost where nobody looks into them: a picture of a megapixel, a document of two pages, half a minute of sound, a short film. */
const flat = { image: 1_000, file: 3_000, audio: 1_000, video: 5_000 };

/** The input tokens of a request, counted here. See `tokensOfText` for how good that is. */
export function countChat({ model, system, turns, tools, format }: ChatRequest): number {
  const toolTokens = tools.reduce((sum, tool) => sum + tokensOfTool(tool), 0);
  return (
    tokensOfBlocks(system) +
    turns.reduce(
      (sum, { blocks, name = '' }) => sum + TOKENS_PER_TURN + tokensOfText(name) + tokensOfBlocks(blocks),
      0,
    ) +
    toolTokens +
    (toolTokens > 0 && /claude/i.test(model) ? CLAUDE_TOOLS : 0) +
    (format?.kind === 'json-schema' ? tokensOfJson(format.schema) : 0)
  );
}

const tokensOfBlocks = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, block) => sum + (tokensOf[block.kind] as (block: Block) => number)(block), 0);

/** Each takes the block of its own kind; the table's type says so, the lookup cannot. */
const tokensOf: { readonly [K in Block['kind']]: (block: Extract<Block, { kind: K }>) => number } = {
  text: ({ text }) => tokensOfText(text),
  refusal: ({ text }) => tokensOfText(text),
  // Thoughts of a signature alone are as long as nobody but their issuer knows.
  reasoning: ({ text, summary = [] }) => tokensOfText(text) + tokensOfText(summary.join('\n')),
  image: () => flat.image,
  file: ({ source }) => tokensOfSource(source, flat.file),
  audio: () => flat.audio,
  video: () => flat.video,
  'tool-call': ({ name, input }) => TOKENS_PER_TURN + tokensOfText(name) + tokensOfText(input),
  'tool-result': ({ content }) => TOKENS_PER_TURN + tokensOfBlocks(content),
  opaque: ({ value }) => tokensOfJson(value),
};

const tokensOfSource = (source: Source, other: number): number =>
  source.kind === 'text' ? tokensOfText(source.text) : other;

function tokensOfTool(tool: Tool): number {
  if (tool.kind === 'hosted') return TOKENS_PER_TOOL + tokensOfJson(tool.value);
  const shape = tool.kind === 'function' ? tool.parameters : tool.format;
  return TOKENS_PER_TOOL + tokensOfText(tool.name) + tokensOfText(tool.description ?? '') + tokensOfJson(shape);
}

const tokensOfJson = (value: unknown): number => (value == null ? 0 : tokensOfText(JSON.stringify(value) ?? ''));
