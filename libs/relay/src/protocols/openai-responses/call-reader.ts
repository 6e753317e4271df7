import { FreeTextReader } from '../../chat/free-text';
import { type JsonObject, textAt } from '../../json';
import { type Answer, BaseReader, type DeltaField, type ItemReader } from './item-readers';

/** A call of the caller's tool, announced with its name; where free-text tools are unknown, once it tells whether it stands for one. */
export class CallReader extends BaseReader implements ItemReader {
  private block: number | undefined;
  private told = 0;
  private early = '';
  private over = false;
  private readonly reader: FreeTextReader | undefined;

  constructor(
    answer: Answer,
    private item: JsonObject,
    type: string,
    mayStandIn: boolean,
  ) {
    super(type, answer);
    this.reader = mayStandIn && type === 'function_call' ? new FreeTextReader() : undefined;
    if (!this.reader && textAt(item, 'name')) this.announce();
  }

  delta(_field: DeltaField, _index: number, text: string): void {
    if (text === '' || this.over) return;
    this.told += text.length;
    if (!textAt(this.item, 'name')) this.early += text;
    else this.pass(text);
  }

  done(item: JsonObject): void {
    if (this.over) return;
    this.item = { ...this.item, ...item };
    const input = item.arguments ?? item.input;
    const whole = typeof input === 'string' ? input : input == null ? '' : JSON.stringify(input);
    const { early } = this;
    this.early = '';
    if (early) this.pass(early);
    this.delta('input', 0, whole.slice(this.told));
    this.close();
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    const rest = this.early + (this.reader?.end() ?? '');
    const block = this.announce();
    if (rest) this.answer.emit({ kind: 'input-delta', block, text: rest });
    this.answer.emit({ kind: 'block-end', block });
  }

  private pass(piece: string): void {
    const text = this.reader ? this.reader.push(piece) : piece;
    if (this.reader && this.reader.type === undefined) return;
    const block = this.announce();
    if (text) this.answer.emit({ kind: 'input-delta', block, text });
  }

  private announce(): number {
    if (this.block !== undefined) return this.block;
    const block = (this.block = this.answer.block());
    const type = this.type === 'custom_tool_call' ? 'custom' : (this.reader?.type ?? 'function');
    const namespace = textAt(this.item, 'namespace');
    this.answer.emit({
      kind: 'tool-call-start',
      block,
      candidate: 0,
      id: textAt(this.item, 'call_id') || this.answer.callId(),
      name: textAt(this.item, 'name') ?? '',
      type,
      ...(namespace ? { namespace } : {}),
    });
    return block;
  }
}
