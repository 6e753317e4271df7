/** idempotency: calls that their callers name by an `Idempotency-Key`, made once and answered the same way each time. */
export { type Begun, type Claim, Idempotency, type KeptAnswer, type NamedCall } from './idempotency.service';
export { IdempotencyJobs } from './idempotency.jobs';
export { idempotencySettings } from './idempotency.settings';
export { IdempotentCall, sealedIdempotentCalls } from './idempotent-call.entity';
export { IdempotentCallRepository } from './idempotent-call.repository';
