import {
  type BillableUsage,
  BillingUnavailable,
  type CallPrice,
  type HoldOrder,
  InsufficientFunds,
  isFree,
  keyWallet,
  type OpenCall,
  totalOf,
  userWallet,
} from '@app/billing';
import type { Caller } from '@app/users';
import { RelayError } from './relay.errors';

/** What a call may cost, before anybody has counted. */
export interface Estimate {
  readonly most: BillableUsage;
  /** What its input alone costs, with the shortest of answers. */
  readonly least: BillableUsage;
}

/** Who pays for a call, and how much of their money it needs to begin. */
export function holdOrder(call: OpenCall, caller: Caller, price: CallPrice, { most, least }: Estimate): HoldOrder {
  const cost = (usage: BillableUsage) => dearest(price, usage);
  const user = userWallet(caller.userId);
  const key = keyWallet(caller.keyId);
  return {
    call,
    pays: caller.budgeted ? [user, key] : [user],
    counts: caller.budgeted ? [] : [key],
    // Whoever has nothing pays for nothing: only a price that is free throughout asks no wallet.
    amount: Math.max(cost(most), isFree(price) ? 0 : 1),
    least: () => cost(least),
  };
}

/** A tier that was asked for may be refused: then the usual rates count. */
const dearest = (price: CallPrice, usage: BillableUsage): number =>
  usage.serviceTier === undefined
    ? totalOf(price, usage)
    : Math.max(totalOf(price, usage), totalOf(price, { ...usage, serviceTier: undefined }));

/** What a caller is told of whatever stopped the call. */
export function asRelayError(error: unknown): RelayError {
  if (error instanceof RelayError) return error;
  if (error instanceof InsufficientFunds) return new RelayError('insufficient_quota', error.message);
  if (error instanceof BillingUnavailable)
    return new RelayError('unavailable', error.message, { retryAfterMs: 2_000, cause: error });
  return new RelayError('internal_error', 'The gateway failed on this call.', { cause: error });
}
