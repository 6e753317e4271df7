import { defineSettings, integer } from '@app/config';

export const idempotencySettings = defineSettings('relay', {
  'idempotency.retentionHours': integer({
    default: 24,
    min: 1,
    max: 720,
    unit: 'hours',
    help: {
      en: 'How long the answer to a call with an Idempotency-Key is kept, so that the same call gets it again without a charge.',
      zh: '带有 Idempotency-Key 的调用，其响应保留多久；期间重复同一调用将返回原响应且不再计费。',
    },
  }),
  'idempotency.maxKiB': integer({
    default: 1024,
    min: 0,
    max: 16_384,
    unit: 'KiB',
    help: {
      en: 'Largest answer kept for an Idempotency-Key. A larger one is given once; repeating the call is refused and not charged.',
      zh: '为 Idempotency-Key 保留的单个响应大小上限；超出者只返回一次，重复调用会被拒绝且不计费。',
    },
  }),
  'idempotency.maxTotalMiB': integer({
    default: 1024,
    min: 1,
    max: 1_048_576,
    unit: 'MiB',
    help: {
      en: 'All answers kept for Idempotency-Keys together; beyond it, the oldest are dropped.',
      zh: '为 Idempotency-Key 保留的全部响应总大小上限；超出时丢弃最旧的响应。',
    },
  }),
});
