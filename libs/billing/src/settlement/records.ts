import type { UsageRow } from '@app/logs';

/** What is known of a call before its upstream is asked: enough to log it should the process die. */
export type OpenCall = Pick<
  UsageRow,
  'id' | 'createdAt' | 'userId' | 'keyId' | 'group' | 'model' | 'protocol' | 'operation' | 'stream' | 'ip' | 'nodeId'
>;

/** Journal record: money is held for a call that is about to be sent. */
export interface HoldRecord {
  readonly kind: 'hold';
  readonly call: OpenCall;
  readonly pays: readonly string[];
  readonly counts: readonly string[];
}

/**
 * Journal record: the call has ended. `row.costNano` is charged to the wallets in `pays`, out of this node's allowance, and to
 * those in `counts`, which have no limit and only keep the sum.
 */
export interface EndRecord {
  readonly kind: 'end';
  readonly row: UsageRow;
  readonly pays: readonly string[];
  readonly counts: readonly string[];
}

export type BillingRecord = HoldRecord | EndRecord;

/** The log row of a call whose process died under it: nothing is charged, the caller did not receive a whole answer. */
export function rowOfKilled(call: OpenCall): UsageRow {
  return {
    ...call,
    channelId: null,
    credentialId: null,
    upstreamModel: null,
    status: 'aborted',
    httpStatus: 0,
    errorCode: 'server_killed',
    ending: 'server_killed',
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    costNano: 0,
    durationMs: 0,
    firstByteMs: null,
    attempts: [],
    usageSource: null,
    price: null,
    dropped: null,
  };
}
