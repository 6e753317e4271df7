import { defineSettings, integer } from '@app/config';

const HOUR_MS = 3_600_000;

export const channelSettings = defineSettings('channels', {
  'autoDisable.failures': integer({
    default: 3,
    min: 0,
    max: 1000,
    help: {
      en: 'Failures of a credential (refused or out of funds) before it is disabled; 0 never disables.',
      zh: '凭证失效或额度耗尽达到此次数后自动禁用；0 表示从不自动禁用。',
    },
  }),
  'autoDisable.windowMs': integer({
    default: 300_000,
    min: 1000,
    max: 24 * HOUR_MS,
    unit: 'ms',
    help: { en: 'Only failures this close together count.', zh: '仅统计此时间窗口内的失败次数。' },
  }),
  'recovery.firstMs': integer({
    default: 300_000,
    min: 0,
    max: 24 * HOUR_MS,
    unit: 'ms',
    help: {
      en: 'How long after it was disabled automatically a credential is tried again, by one small call; 0 leaves it to the operator.',
      zh: '凭证被自动禁用后，经过此时间用一次小调用试探恢复；0 表示仅由管理员处理。',
    },
  }),
  'recovery.longestMs': integer({
    default: 24 * HOUR_MS,
    min: 1000,
    max: 168 * HOUR_MS,
    unit: 'ms',
    help: {
      en: 'Longest time between two such tries: each wait is twice as long as the one before.',
      zh: '两次试探之间的最长间隔：每次等待为前一次的两倍。',
    },
  }),
  'cooldown.rateLimitedMs': integer({
    default: 30_000,
    min: 0,
    max: HOUR_MS,
    unit: 'ms',
    help: {
      en: 'Pause of a credential after a rate limit that names no time of its own; each further one is twice as long.',
      zh: '上游限流且未给出等待时间时，凭证的冷却时长；连续发生时每次加倍。',
    },
  }),
  'cooldown.overloadedMs': integer({
    default: 10_000,
    min: 0,
    max: HOUR_MS,
    unit: 'ms',
    help: { en: 'Pause of a credential after "overloaded".', zh: '上游过载后，凭证的冷却时长。' },
  }),
  'cooldown.longestMs': integer({
    default: HOUR_MS,
    min: 1000,
    max: 24 * HOUR_MS,
    unit: 'ms',
    help: { en: 'Longest pause, whatever the upstream asks for.', zh: '无论上游要求多久，冷却的最长时长。' },
  }),
  'breaker.failures': integer({
    default: 5,
    min: 0,
    max: 1000,
    help: {
      en: 'Failures in a row of one model at a channel before the channel pauses for that model; 0 never pauses.',
      zh: '渠道上同一模型连续失败达到此次数后暂停该模型；0 表示从不暂停。',
    },
  }),
  'breaker.longestMs': integer({
    default: 300_000,
    min: 1000,
    max: 24 * HOUR_MS,
    unit: 'ms',
    help: {
      en: 'Longest of these pauses: each is twice as long as the one before, until a call succeeds.',
      zh: '上述暂停的最长时长：在调用成功之前，每次暂停为前一次的两倍。',
    },
  }),
  'breaker.pauseMs': integer({
    default: 15_000,
    min: 0,
    max: HOUR_MS,
    unit: 'ms',
    help: {
      en: 'How long that pause lasts at first; then a single call tries whether all is well again.',
      zh: '上述暂停的初始时长；结束后由单个调用试探是否恢复。',
    },
  }),
});
