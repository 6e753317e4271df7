import { defineSettings, integer } from '@app/config';

export const logSettings = defineSettings('logs', {
  retentionDays: integer({
    default: 90,
    min: 0,
    max: 3_650,
    unit: 'days',
    help: {
      en: 'Entries of the usage log are deleted after this many days; 0 keeps them for ever. The ledger is never deleted.',
      zh: '使用日志保留的天数，到期自动删除；0 表示永久保留。账本不会被删除。',
    },
  }),
  auditRetentionDays: integer({
    default: 365,
    min: 0,
    max: 3_650,
    unit: 'days',
    help: {
      en: 'Entries of the audit log are deleted after this many days; 0 keeps them for ever.',
      zh: '审计日志保留的天数，到期自动删除；0 表示永久保留。',
    },
  }),
});
