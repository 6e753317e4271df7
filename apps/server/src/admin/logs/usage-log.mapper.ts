import { DomainError, nanoToUsd } from '@app/core';
import { csvLine, type CsvValue, type UsageAttempt, type UsageFilter, type UsageRow } from '@app/logs';
import { isAtLeast, type Principal } from '@app/users';
import { iso, visibleUser } from '../http';
import { chargeDto } from '../http/charge.mapper';
import type { UsageAttemptDto, UsageFilterDto, UsageLogDto } from './usage-log.dto';

/** Throws `forbidden` for what this actor may not filter by. */
export function usageFilter(query: UsageFilterDto, actor: Principal): UsageFilter {
  const { from, to, tokenId, channelId, model, status, requestId } = query;
  if (channelId !== undefined && !isAtLeast(actor.role, 'admin')) {
    throw new DomainError('forbidden', 'only administrators see channels');
  }
  return {
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
    userId: visibleUser(actor, query.userId),
    keyId: tokenId,
    channelId,
    model,
    status,
    requestId,
  };
}

export function usageLogDto(row: UsageRow, actor: Principal): UsageLogDto {
  const operator = isAtLeast(actor.role, 'admin');
  return {
    id: row.id,
    requestId: row.id,
    createdAt: iso(row.createdAt),
    userId: row.userId,
    tokenId: row.keyId,
    channelId: operator ? row.channelId : null,
    group: row.group,
    model: row.model,
    upstreamModel: operator ? row.upstreamModel : null,
    requestedModel: row.requestedModel ?? null,
    protocol: row.protocol,
    operation: row.operation,
    stream: row.stream,
    status: row.status,
    httpStatus: row.httpStatus,
    errorCode: row.errorCode,
    ending: row.ending,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    cacheReadTokens: row.cacheReadTokens,
    cacheWriteTokens: row.cacheWriteTokens,
    reasoningTokens: row.reasoningTokens,
    costUsd: nanoToUsd(row.costNano),
    charge: chargeDto(row),
    durationMs: row.durationMs,
    firstByteMs: row.firstByteMs,
    attempts: operator ? row.attempts.map(attemptDto) : [],
    usageSource: row.usageSource,
    dropped: row.dropped,
    ip: row.ip,
  };
}

const attemptDto = (attempt: UsageAttempt): UsageAttemptDto => ({ ...attempt, startedAt: iso(attempt.startedAt) });

/** The columns of the export, by their names in the API; attempts are left out, a cell holds one value. */
const columns = [
  'id',
  'createdAt',
  'userId',
  'tokenId',
  'channelId',
  'group',
  'model',
  'upstreamModel',
  'protocol',
  'operation',
  'stream',
  'status',
  'httpStatus',
  'errorCode',
  'ending',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'costUsd',
  'durationMs',
  'firstByteMs',
  'usageSource',
  'ip',
] as const satisfies readonly (keyof UsageLogDto)[];

const ROWS_PER_CHUNK = 200;

/** The whole export as text, some rows at a time. */
export async function* usageCsv(rows: AsyncIterable<UsageRow>, actor: Principal): AsyncGenerator<string> {
  let chunk = csvLine(columns);
  let held = 0;
  for await (const row of rows) {
    const dto = usageLogDto(row, actor);
    chunk += csvLine(columns.map((name) => cell(name, dto)));
    if (++held < ROWS_PER_CHUNK) continue;
    yield chunk;
    chunk = '';
    held = 0;
  }
  if (chunk !== '') yield chunk;
}

/** USD without an exponent, which not every spreadsheet reads. */
const cell = (name: (typeof columns)[number], dto: UsageLogDto): CsvValue =>
  name === 'costUsd' ? usdText(dto.costUsd) : dto[name];

const usdText = (usd: number): string => usd.toFixed(9).replace(/\.?0+$/, '');
