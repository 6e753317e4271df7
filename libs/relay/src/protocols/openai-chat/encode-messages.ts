import type { Block, ToolResultBlock } from '../../chat/blocks';
import type { ChatRequest, OutputFormat, Turn } from '../../chat/request';
import type { JsonObject } from '../../json';
import { fittingId } from './call-id';
import { encodeAssistant } from './encode-assistant';
import { cacheBreakpoint, cacheControl, type ContentContext, encodeContent } from './encode-content';
import type { RequestWriter } from './request-writer';

/** The whole conversation, instructions first. https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages */
export function encodeMessages(request: ChatRequest, writer: RequestWriter): JsonObject[] {
  return new MessagesWriter(request, writer).messages;
}

class MessagesWriter {
  readonly messages: JsonObject[] = [];
  private readonly content: ContentContext;

  constructor(
    request: ChatRequest,
    private readonly writer: RequestWriter,
  ) {
    const { quirks, dropped } = writer;
    const breaks = request.extensions.some(
      ({ issuer, path }) => issuer === 'openai' && path === 'prompt_cache_options',
    );
    const cache = quirks.cacheControl ? cacheControl : breaks ? cacheBreakpoint : undefined;
    this.content = {
      parts: quirks.contentParts,
      video: quirks.videoParts,
      cache,
      drop: (path) => void dropped.add(path),
    };
    this.instruct(request);
    for (const turn of request.turns) this.on[turn.role](turn);
  }

  private readonly on: Readonly<Record<Turn['role'], (turn: Turn) => void>> = {
    system: (turn) => this.add('system', turn.blocks, turn),
    assistant: (turn) => void this.messages.push(encodeAssistant(turn, this.writer)),
    user: (turn) => this.user(turn),
  };

  private instruct(request: ChatRequest): void {
    const { system, format } = request;
    const instruction = format && instructionFor(format, this.writer, request);
    const blocks: Block[] = instruction ? [...system, { kind: 'text', text: instruction }] : [...system];
    if (blocks.length > 0)
      this.messages.push({ role: 'system', content: encodeContent(blocks, this.content, 'system') });
  }

  private add(role: 'system' | 'user', blocks: readonly Block[], { name }: Pick<Turn, 'name'>): void {
    if (name && !this.writer.takes('name')) this.writer.dropped.add('turns.name');
    const content = encodeContent(blocks, this.content, 'turns');
    // All of it was dropped: an empty message would be refused.
    if (content === '' && blocks.length > 0) return;
    this.messages.push({ role, content, ...(name && this.writer.takes('name') ? { name } : {}) });
  }

  /** Results answer the calls right before them, so they come first; what a tool message cannot hold follows as the user's. */
  private user(turn: Turn): void {
    const results = turn.blocks.filter((block) => block.kind === 'tool-result');
    const attached = results.flatMap((result) => this.result(result));
    const rest = turn.blocks.filter((block) => block.kind !== 'tool-result');
    if (results.length === 0 || attached.length + rest.length > 0) this.add('user', [...attached, ...rest], turn);
  }

  /** One tool message; returns what it cannot hold, under a heading. */
  private result({ callId, content, isError, cache }: ToolResultBlock): Block[] {
    const texts = content.filter(({ kind }) => kind === 'text' || kind === 'refusal');
    const others = content.filter(({ kind }) => kind !== 'text' && kind !== 'refusal');
    const id = fittingId(callId, this.writer.quirks.callIds);
    const text = encodeContent(texts, this.content, 'turns');
    if (isError) this.writer.dropped.add('turns.tool-result.isError');
    if (cache) this.writer.dropped.add('turns.cache');
    const stand = others.length > 0 ? 'The result follows in the next message.' : isError ? 'The tool failed.' : '';
    this.messages.push({ role: 'tool', tool_call_id: id, content: text === '' ? stand : text });
    return others.length > 0 ? [{ kind: 'text', text: `Result of the tool call ${id}:` }, ...others] : [];
  }
}

/**
 * What must be said in words: a schema the upstream cannot be held to; and that JSON is wanted, because OpenAI and others refuse
 * `json_object` when the conversation does not mention it.
 */
function instructionFor(format: OutputFormat, { quirks }: RequestWriter, request: ChatRequest): string | undefined {
  if (format.kind === 'json-schema' && !quirks.jsonSchema) {
    return `Answer with nothing but a JSON object that conforms to this JSON Schema:\n${JSON.stringify(format.schema)}`;
  }
  return format.kind === 'json' && !mentionsJson(request) ? 'Answer with a JSON object.' : undefined;
}

function mentionsJson({ system, turns }: ChatRequest): boolean {
  const blocks = [...system, ...turns.flatMap((turn) => turn.blocks)];
  return blocks.some((block) => block.kind === 'text' && /json/i.test(block.text));
}
