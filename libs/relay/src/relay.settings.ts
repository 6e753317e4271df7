import { defineSettings, integer } from '@app/config';

const ms = (initial: number, min: number, max: number, en: string, zh: string) =>
  integer({ default: initial, min, max, help: { en, zh } });

export const relaySettings = defineSettings('relay', {
  'timeout.connectMs': ms(
    10_000,
    50,
    120_000,
    'Longest wait for a connection to an upstream, in milliseconds.',
    '连接上游的最长等待时间（毫秒）。',
  ),
  'timeout.firstByteMs': ms(
    120_000,
    50,
    3_600_000,
    'Longest wait for the first meaningful part of an answer, in milliseconds; then another channel is tried.',
    '等待首个有效响应内容的最长时间（毫秒），超时后换用其他渠道。',
  ),
  'timeout.idleMs': ms(
    120_000,
    50,
    3_600_000,
    'Longest silence inside a running answer, in milliseconds.',
    '响应过程中允许的最长静默时间（毫秒）。',
  ),
  'timeout.totalMs': ms(
    1_800_000,
    100,
    86_400_000,
    'Longest duration of one call with all its attempts, in milliseconds.',
    '单次调用（含全部重试）的最长时间（毫秒）。',
  ),
  'retry.maxAttempts': integer({
    default: 6,
    min: 1,
    max: 50,
    help: { en: 'How many upstream attempts one call may make.', zh: '单次调用最多尝试上游的次数。' },
  }),
  'retry.budgetMs': ms(
    300_000,
    100,
    86_400_000,
    'Time in which an answer has to begin, all attempts and waits together, in milliseconds; then the call fails.',
    '响应必须在此时间内开始（毫秒），包含全部重试与等待；超时则调用失败。',
  ),
  'retry.longestWaitMs': ms(
    5_000,
    0,
    600_000,
    'How long a call waits, when every upstream rests, for the first whose pause ends, in milliseconds; 0 never waits.',
    '所有上游均在冷却时，调用等待最先恢复者的最长时间（毫秒）；0 表示不等待。',
  ),
  'body.maxMiB': integer({
    default: 64,
    min: 1,
    max: 1024,
    help: { en: 'Largest request body, in MiB.', zh: '请求体大小上限（MiB）。' },
  }),
  'body.budgetMiB': integer({
    default: 0,
    min: 0,
    max: 1_048_576,
    help: {
      en: 'Memory for the request bodies of all calls under way on one node, in MiB; beyond it, new ones are refused for the moment. 0 is a quarter of its memory.',
      zh: '单个节点上所有进行中调用的请求体可占用的内存（MiB），超出时暂时拒绝新的请求；0 表示该节点内存的四分之一。',
    },
  }),
  'upload.maxDiskMiB': integer({
    default: 4096,
    min: 64,
    max: 1_048_576,
    help: {
      en: 'Disk space for uploads under way (audio, pictures) on one node, in MiB; beyond it, uploads are refused for the moment.',
      zh: '单个节点上传中文件（音频、图片）可占用的磁盘空间（MiB），超出时暂时拒绝上传。',
    },
  }),
  'hold.outputTokens': integer({
    default: 4096,
    min: 1,
    max: 1_000_000,
    help: {
      en: 'Output tokens reserved for a call that names no limit of its own.',
      zh: '调用未指定输出上限时预留的输出 token 数。',
    },
  }),
  'realtime.maxSessionMs': ms(
    3_600_000,
    50,
    86_400_000,
    'Longest duration of a realtime session, in milliseconds; an answer under way may end.',
    '实时会话的最长时间（毫秒）；正在进行的回复可以完成。',
  ),
  'realtime.idleMs': ms(
    900_000,
    50,
    86_400_000,
    'A realtime session in which nobody says anything for so long is closed, in milliseconds.',
    '实时会话双方均无消息超过该时间（毫秒）后关闭。',
  ),
  'realtime.pingMs': ms(
    30_000,
    50,
    600_000,
    'Time between two pings of a realtime session, in milliseconds; who answers none is taken for dead.',
    '实时会话两次 ping 的间隔（毫秒）；未应答的一方视为断开。',
  ),
  'realtime.maxFrameMiB': integer({
    default: 32,
    min: 1,
    max: 256,
    help: { en: 'Largest message of a realtime session, in MiB.', zh: '实时会话单条消息的大小上限（MiB）。' },
  }),
});
