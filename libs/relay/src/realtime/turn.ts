import type { BillableUsage } from '@app/billing';
import type { Usage } from '../chat/usage';
import { tokensOfBytes } from '../request/estimate';
import { type BytesPerSecond, spokenTokens } from './audio';

/** What a turn begins with, by estimate: nobody but the upstream knows how it counts a conversation. */
export interface TurnInput {
  readonly input: number;
  readonly audioIn: number;
}

export interface TurnPlan extends TurnInput {
  /** The `event_id` of the caller's `response.create`; absent where the upstream began the turn. */
  readonly eventId?: string;
  /** The most it may generate. */
  readonly output: number;
  /** It answers in sound, which is dearer. */
  readonly speaks: boolean;
}

/** One response of the model, from its wish to its end. */
export class Turn {
  readonly startedAt = Date.now();
  responseId: string | undefined;
  firstDeltaAt: number | null = null;
  private textBytes = 0;
  private spoken = 0;
  /** Bytes of a delta's event that are not its content, by type; learnt from the first. */
  private readonly envelopes = new Map<string, number>();

  constructor(readonly plan: TurnPlan) {}

  /** The most it can cost. */
  get most(): BillableUsage {
    const { input, audioIn, output, speaks } = this.plan;
    return speaks ? { input, audioIn, audioOut: output } : { input, audioIn, output };
  }

  get least(): BillableUsage {
    const { input, audioIn } = this.plan;
    return { input, audioIn, output: 1 };
  }

  /** An event of `type` with part of the answer, `bytes` long, is on its way to the caller. `measure` reads its content's length. */
  deliver(type: string, bytes: number, format: BytesPerSecond | null, measure: () => number): void {
    this.firstDeltaAt ??= Date.now();
    let envelope = this.envelopes.get(type);
    if (envelope === undefined) this.envelopes.set(type, (envelope = bytes - measure()));
    const length = Math.max(0, bytes - envelope);
    if (format === null) this.textBytes += length;
    else this.spoken += spokenTokens(length, format);
  }

  /** What was delivered so far; null: nothing. */
  get delivered(): Usage | null {
    if (this.textBytes === 0 && this.spoken === 0) return null;
    const { input, audioIn } = this.plan;
    return { input, audioIn, output: tokensOfBytes(this.textBytes), audioOut: Math.round(this.spoken) };
  }
}
