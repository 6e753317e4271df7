import { GeminiArrayStream } from '@app/relay';
import type { Bytes, Ending } from '@app/relay';
import { ServerReply } from './server-reply';

/** For callers of Gemini's `streamGenerateContent` without `alt=sse`: the same stream as one JSON array. */
export class ArrayReply extends ServerReply {
  private readonly array = new GeminiArrayStream();

  override begin(status: number): void {
    super.begin(status, 'application/json; charset=utf-8');
  }

  override write(chunk: Bytes): boolean {
    const text = this.array.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
    return text === '' || super.write(Buffer.from(text, 'utf8'));
  }

  override finish(ending: Ending): void {
    if (ending.kind !== 'tail') return super.finish(ending);
    const text = this.array.push(ending.bytes) + this.array.end();
    super.finish({ kind: 'tail', bytes: Buffer.from(text, 'utf8') });
  }
}
