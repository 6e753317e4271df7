import { boolean, defineSettings, integer } from '@app/config';

export const storedSettings = defineSettings('relay', {
  'responses.store': boolean({
    default: true,
    help: {
      en: 'Keep answers of the Responses API (encrypted), so that callers can fetch them and go on from them; callers refuse with store: false.',
      zh: '保存 Responses API 的回答（加密），供调用方读取或续写；调用方可用 store: false 拒绝保存。',
    },
  }),
  'responses.retentionDays': integer({
    default: 30,
    min: 1,
    max: 3_650,
    unit: 'days',
    help: {
      en: 'Stored answers and conversations of the Responses API are deleted after this many days.',
      zh: 'Responses API 保存的回答和会话的保留天数，到期自动删除。',
    },
  }),
  'responses.maxBackground': integer({
    default: 100,
    min: 0,
    max: 10_000,
    help: {
      en: 'Background answers of the Responses API one node makes at the same time.',
      zh: '单个节点同时处理的 Responses API 后台任务上限。',
    },
  }),
  'responses.maxKiB': integer({
    default: 4_096,
    min: 1,
    max: 16_384,
    help: {
      en: 'Largest stored turn (input and answer), in KiB; a larger one is answered but not kept.',
      zh: '单轮（输入与回答）可保存的上限（KiB），超出时照常回答但不保存。',
    },
  }),
});
