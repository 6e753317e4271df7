import { totalmem } from 'node:os';
import { Settings } from '@app/config';
import { RelayError, relaySettings } from '@app/relay';
import { Injectable } from '@nestjs/common';
import type { Call } from './relay.listener';

const MIB = 1024 * 1024;
const RETRY_MS = 2_000;

/** What the machine, or the container, lets this process have. */
const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);

/** How many bytes of request bodies this process keeps in memory at once, all calls together. */
@Injectable()
export class BodyBudget {
  private held = 0;

  constructor(private readonly settings: Settings) {}

  /** Throws 503 where a body of so many bytes has no room now. */
  assertRoom(bytes: number): void {
    if (this.held + bytes <= this.limit) return;
    throw new RelayError('unavailable', 'The gateway is busy with other large requests.', { retryAfterMs: RETRY_MS });
  }

  /** Notes bytes of a call's body that have arrived. Throws as `assertRoom`. */
  take(call: Call, bytes: number): void {
    this.assertRoom(bytes);
    this.held += bytes;
    call.bodyBytes += bytes;
  }

  /** When the call is over. */
  release(call: Call): void {
    this.held -= call.bodyBytes;
    call.bodyBytes = 0;
  }

  /** At least one body of the largest size has room. */
  private get limit(): number {
    const limit = this.settings.get(relaySettings['body.budgetMiB']) * MIB || memory / 4;
    return Math.max(limit, this.settings.get(relaySettings['body.maxMiB']) * MIB);
  }
}
