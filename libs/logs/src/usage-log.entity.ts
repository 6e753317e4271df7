import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, jsonColumn } from '@app/platform/database';

export type UsageStatus = 'ok' | 'error' | 'aborted';

/**
 * How a call ended. With an answer: `completed`, `incomplete` (a limit of its length), `filtered` (a filter, or the model, refused),
 * `cached` (no upstream was asked). After its first part: `broken` (the upstream failed), `cut` (its connection ended), `timed_out`
 * (it fell silent, or took too long), `client_gone`. Without one: `client_gone`, `failed` (every upstream), `rejected` (by the gateway),
 * `server_killed`.
 */
export const usageEndings = [
  'completed',
  'incomplete',
  'filtered',
  'cached',
  'broken',
  'cut',
  'timed_out',
  'client_gone',
  'failed',
  'rejected',
  'server_killed',
] as const;
export type UsageEnding = (typeof usageEndings)[number];

/** One try at an upstream; `channelId` and `credentialId` are ids, never names or secrets. */
export interface UsageAttempt {
  readonly channelId: string;
  readonly credentialId: string | null;
  /** The credential's first and last characters. */
  readonly credential?: string;
  /** The upstream's name of the model, where another stood in for the one asked for. */
  readonly model?: string;
  /** The upstream's HTTP status; null when no head arrived. */
  readonly status: number | null;
  readonly errorCode: string | null;
  /** Why the next attempt was made, or null on the last. */
  readonly reason: string | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/** A snapshot of one data-plane call, as recorded after its answer ended. */
export interface UsageRow {
  /** The request id (`req_…`), so that writing a row twice is impossible. */
  readonly id: string;
  readonly createdAt: number;
  readonly userId: string;
  /** `tokenId` in the API. */
  readonly keyId: string;
  readonly channelId: string | null;
  readonly credentialId: string | null;
  readonly group: string;
  /** The one that answered, by the caller's name for it. */
  readonly model: string;
  /** The one that was asked for, where another stood in for it. */
  readonly requestedModel?: string | null;
  readonly upstreamModel: string | null;
  /** The ingress protocol. */
  readonly protocol: string;
  readonly operation: string;
  readonly stream: boolean;
  readonly status: UsageStatus;
  /** What the caller saw. */
  readonly httpStatus: number;
  readonly errorCode: string | null;
  /** Null in rows from before it was kept. */
  readonly ending: UsageEnding | null;
  /** Inclusive of cache reads and writes. */
  readonly inputTokens: number;
  /** Inclusive of reasoning. */
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly costNano: number;
  readonly durationMs: number;
  readonly firstByteMs: number | null;
  readonly attempts: readonly UsageAttempt[];
  readonly usageSource: 'upstream' | 'estimated' | null;
  /** The price the call was charged at, as `@app/billing` made it: kept so that a later change of prices explains itself. */
  readonly price: unknown;
  /** Request fields the upstream could not take. */
  readonly dropped: readonly string[] | null;
  readonly ip: string;
  readonly nodeId: string;
}

@Entity('usage_logs')
export class UsageLog implements UsageRow {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  id: string;

  @Column(bigintColumn({ name: 'created_at' }))
  createdAt: number;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  userId: string;

  @Column({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  @Column({ name: 'channel_id', type: 'varchar', length: 36, nullable: true })
  channelId: string | null;

  @Column({ name: 'credential_id', type: 'varchar', length: 36, nullable: true })
  credentialId: string | null;

  @Column({ name: 'group_name', type: 'varchar', length: 64 })
  group: string;

  @Column({ type: 'varchar', length: 200 })
  model: string;

  @Column({ name: 'upstream_model', type: 'varchar', length: 200, nullable: true })
  upstreamModel: string | null;

  @Column({ name: 'requested_model', type: 'varchar', length: 200, nullable: true })
  requestedModel: string | null;

  @Column({ type: 'varchar', length: 40 })
  protocol: string;

  @Column({ type: 'varchar', length: 60 })
  operation: string;

  @Column({ type: 'boolean' })
  stream: boolean;

  @Column({ type: 'varchar', length: 16 })
  status: UsageStatus;

  @Column({ name: 'http_status', type: 'int' })
  httpStatus: number;

  @Column({ name: 'error_code', type: 'varchar', length: 100, nullable: true })
  errorCode: string | null;

  @Column({ type: 'varchar', length: 16, nullable: true })
  ending: UsageEnding | null;

  @Column(bigintColumn({ name: 'input_tokens' }))
  inputTokens: number;

  @Column(bigintColumn({ name: 'output_tokens' }))
  outputTokens: number;

  @Column(bigintColumn({ name: 'cache_read_tokens' }))
  cacheReadTokens: number;

  @Column(bigintColumn({ name: 'cache_write_tokens' }))
  cacheWriteTokens: number;

  @Column(bigintColumn({ name: 'reasoning_tokens' }))
  reasoningTokens: number;

  @Column(bigintColumn({ name: 'cost_nano' }))
  costNano: number;

  @Column(bigintColumn({ name: 'duration_ms' }))
  durationMs: number;

  @Column(bigintColumn({ name: 'first_byte_ms', nullable: true }))
  firstByteMs: number | null;

  @Column(jsonColumn<readonly UsageAttempt[]>())
  attempts: readonly UsageAttempt[];

  @Column({ name: 'usage_source', type: 'varchar', length: 16, nullable: true })
  usageSource: 'upstream' | 'estimated' | null;

  @Column(jsonColumn<unknown>({ nullable: true }))
  price: unknown;

  @Column(jsonColumn<readonly string[]>({ nullable: true }))
  dropped: readonly string[] | null;

  @Column({ type: 'varchar', length: 64 })
  ip: string;

  @Column({ name: 'node_id', type: 'varchar', length: 100 })
  nodeId: string;
}
