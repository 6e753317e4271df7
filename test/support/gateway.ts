/** A gateway of this checkout under test: the built server as its own process, and its control plane as a typed client. */
import { type Gateway, type GatewayOptions, startGatewayProcess } from './gateway/process.mjs';

export { AdminApi, loginRoot, setupRoot } from './gateway/admin-api.mjs';
export type { ApiKey, Attempt, Channel, ChannelInput, LedgerEntry, UsageRow, User } from './gateway/admin-api.mjs';
export type { Gateway, GatewayOptions } from './gateway/process.mjs';
export { until } from './eventually';

export function startGateway(options?: GatewayOptions): Promise<Gateway> {
  return startGatewayProcess(options);
}
