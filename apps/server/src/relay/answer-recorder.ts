import type { Bytes } from '@app/relay';

/** What all calls together may keep of answers under way. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

let held = 0;

/** Keeps a copy of an answer as it is sent, up to a limit: for calls whose callers may ask for the same answer again. */
export class AnswerRecorder {
  private readonly parts: Buffer[] = [];
  private bytes = 0;
  private status = 0;
  private contentType = '';
  private ended = false;
  private incomplete = false;
  private final = false;

  constructor(private readonly maxBytes: number) {}

  begin(status: number, contentType: string): void {
    this.status = status;
    this.contentType = contentType;
  }

  write(chunk: Bytes): void {
    if (this.incomplete) return;
    if (this.bytes + chunk.length > this.maxBytes || held + chunk.length > MAX_HELD_BYTES) return this.drop();
    held += chunk.length;
    this.bytes += chunk.length;
    this.parts.push(Buffer.from(chunk as string, 'latin1'));
  }

  end(chunk?: Bytes): void {
    if (chunk) this.write(chunk);
    this.ended = true;
  }

  /** What was sent is no answer to give again: it broke off. */
  spoil(): void {
    this.ended = false;
    this.status = 0;
  }

  /** The call has happened, whatever becomes of its answer. */
  commit(): void {
    this.final = true;
  }

  /** `failed`: the call may be made again. Null: it has been answered, and that is not kept. */
  take(): { readonly status: number; readonly contentType: string; readonly body: Buffer } | null | 'failed' {
    const succeeded = this.ended && this.status >= 200 && this.status < 300;
    if (!succeeded) return this.final ? null : 'failed';
    if (this.incomplete) return null;
    return { status: this.status, contentType: this.contentType, body: Buffer.concat(this.parts) };
  }

  /** Lets go of the copy. */
  drop(): void {
    this.incomplete = true;
    held -= this.bytes;
    this.bytes = 0;
    this.parts.length = 0;
  }
}
