/** A gateway of this checkout under test: the built server as its own process, and its control plane as a typed client. */
import { type Gateway, type GatewayOptions, startGatewayProcess } from './gateway/process.mjs';

export { AdminApi, loginRoot, setupRoot } from './gateway/admin-api.mjs';
export type { ApiKey, Attempt, Channel, ChannelInput, LedgerEntry, UsageRow, User } from './gateway/admin-api.mjs';
export type { Gateway, GatewayOptions } from './gateway/process.mjs';

export function startGateway(options?: GatewayOptions): Promise<Gateway> {
  return startGatewayProcess(options);
}

/** Polls until `look` gives a value. The error tells what was awaited. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  withinMs = 5_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
