import type { Bytes } from './lanes/lane';
import type { HttpCall } from './call-state';
import type { Reply } from './relay.types';

/** The caller's reply for one of two attempts: the first that begins has it, for the other the caller is gone. */
export class RacingReply implements Reply {
  private fields: readonly string[] = [];
  private isLost = false;
  private listeners: (() => void)[] = [];

  constructor(
    private readonly call: HttpCall,
    private readonly onBegin: () => void,
  ) {
    call.reply.onGone(() => this.leave());
  }

  get isGone(): boolean {
    return this.isLost || this.call.reply.isGone;
  }

  dropped(fields: readonly string[]): void {
    this.fields = fields;
  }

  served(model: string): void {
    this.call.reply.served(model);
  }

  begin(status: number, contentType: string): void {
    this.onBegin();
    this.take();
    this.call.reply.begin(status, contentType);
  }

  write(chunk: Bytes): boolean {
    return this.call.reply.write(chunk);
  }

  onDrain(resume: () => void): void {
    this.call.reply.onDrain(resume);
  }

  onGone(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** The answer is this attempt's: so is what its upstream could not be told. */
  take(): void {
    this.call.reply.dropped(this.fields);
    this.call.story.dropped = this.fields.length > 0 ? this.fields : null;
  }

  lose(): void {
    this.isLost = true;
    this.leave();
  }

  private leave(): void {
    for (const listener of this.listeners.splice(0)) listener();
  }
}
