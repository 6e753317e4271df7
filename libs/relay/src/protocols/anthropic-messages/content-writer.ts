import { sseFrame } from '@app/core';
import type { Citation, Signature } from '../../chat/blocks';
import { freeTextFrame } from '../../chat/free-text';
import type { PartOf } from '../../chat/parts';
import { seal, shown } from '../../chat/signature';
import { isObject, type JsonObject } from '../../json';
import { encodeCitation } from './citations';
import { encodeWhole } from './encode-reply';

export type BlockStart = PartOf<'text-start' | 'refusal-start' | 'reasoning-start' | 'tool-call-start' | 'block'>;
export type BlockDelta = PartOf<'text-delta' | 'input-delta' | 'citation' | 'signature'>;

/** The block being written. Text and thoughts are announced with their first piece, so that an empty block never appears. */
interface Current {
  readonly type: 'text' | 'thinking' | 'tool_use';
  announced: boolean;
  /** Free text goes out as the one field of an object. */
  readonly isFreeText: boolean;
  /** Behind the block follows its foreign signature. */
  signature?: Signature;
  summary?: number;
}

/** `content_block_start`, `content_block_delta`, `content_block_stop`: one block at a time, indexes from 0 without gaps. */
export class ContentWriter {
  calledTools = false;
  refused = false;
  private index = 0;
  private current: Current | undefined;

  get isOpen(): boolean {
    return this.current !== undefined;
  }

  open(part: BlockStart): string {
    switch (part.kind) {
      case 'block':
        return this.openWhole(part.value);
      case 'tool-call-start':
        return this.openTool(part);
      case 'reasoning-start':
        this.current = { type: 'thinking', announced: false, isFreeText: false };
        return '';
      default:
        this.refused ||= part.kind === 'refusal-start';
        this.current = { type: 'text', announced: false, isFreeText: false };
        return '';
    }
  }

  take(part: BlockDelta): string {
    const { current } = this;
    if (!current) return '';
    switch (part.kind) {
      case 'text-delta':
        return part.text === '' ? '' : this.grow(current, part.text, part.summary);
      case 'input-delta':
        return this.input(current.isFreeText ? JSON.stringify(part.text).slice(1, -1) : part.text);
      case 'citation':
        return this.cite(current, part.citation);
      case 'signature':
        return this.sign(current, part);
    }
  }

  close(): string {
    const { current } = this;
    if (!current) return '';
    this.current = undefined;
    const end = current.isFreeText ? this.input(freeTextFrame.end) : '';
    const stop = current.announced ? end + this.stop() : '';
    return current.signature ? stop + this.carry(current.signature) : stop;
  }

  private openWhole(value: PartOf<'block'>['value']): string {
    const written = encodeWhole(value)
      .map((block) => this.whole(block))
      .join('');
    return value.kind === 'image' && value.signature ? written + this.carry(value.signature) : written;
  }

  private openTool({ id, name, type }: PartOf<'tool-call-start'>): string {
    this.calledTools = true;
    const isFreeText = type === 'custom';
    this.current = { type: 'tool_use', announced: true, isFreeText };
    return this.start({ type: 'tool_use', id, name, input: {} }) + this.input(isFreeText ? freeTextFrame.opening : '');
  }

  private grow(current: Current, text: string, summary: number | undefined): string {
    const parted = current.announced && summary !== current.summary;
    current.summary = summary;
    const start = this.announce(current);
    const field = current.type === 'thinking' ? 'thinking' : 'text';
    return `${start}${this.delta(`"type":"${field}_delta","${field}":${JSON.stringify(parted ? `\n\n${text}` : text)}`)}`;
  }

  private announce(current: Current): string {
    if (current.announced) return '';
    current.announced = true;
    return this.start(
      current.type === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' },
    );
  }

  private cite(current: Current, citation: Citation): string {
    const value = encodeCitation(citation);
    if (!value || current.type !== 'text') return '';
    return this.announce(current) + this.delta(`"type":"citations_delta","citation":${JSON.stringify(value)}`);
  }

  private sign(current: Current, { signature, redacted }: PartOf<'signature'>): string {
    if (current.type !== 'thinking') {
      current.signature = signature;
      return '';
    }
    const value = shown(signature, 'anthropic');
    if (redacted && !current.announced) return this.start({ type: 'redacted_thinking', data: value }, current);
    return this.announce(current) + this.delta(`"type":"signature_delta","signature":${JSON.stringify(value)}`);
  }

  /** A signature of a text, a call or a picture, in an empty thinking block behind it (see encode-reply.ts). */
  private carry(signature: Signature): string {
    const start = this.start({ type: 'thinking', thinking: '', signature: '' });
    return start + this.delta(`"type":"signature_delta","signature":${JSON.stringify(seal(signature))}`) + this.stop();
  }

  /** A block known from its start. The inputs of server tools are spelled out in a delta, as Anthropic does it. */
  private whole(block: JsonObject): string {
    if (block.type === 'text') {
      const text = this.start({ type: 'text', text: '' });
      return text + this.delta(`"type":"text_delta","text":${JSON.stringify(block.text)}`) + this.stop();
    }
    if (!isObject(block.input)) return this.start(block) + this.stop();
    return this.start({ ...block, input: {} }) + this.input(JSON.stringify(block.input)) + this.stop();
  }

  private start(block: JsonObject, current?: Current): string {
    if (current) current.announced = true;
    return sseFrame(
      `{"type":"content_block_start","index":${this.index},"content_block":${JSON.stringify(block)}}`,
      'content_block_start',
    );
  }

  private input(json: string): string {
    return this.delta(`"type":"input_json_delta","partial_json":${JSON.stringify(json)}`);
  }

  private delta(fields: string): string {
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.index},"delta":{${fields}}}\n\n`;
  }

  private stop(): string {
    return sseFrame(`{"type":"content_block_stop","index":${this.index++}}`, 'content_block_stop');
  }
}
