import type { FieldError } from '@app/core';
import { errorKinds } from '@app/providers';
import { channelLimits } from './channel-limits';
import { isModelName } from './model-name';

type Rule = (value: unknown) => Iterable<FieldError>;

const deadlines = ['connectMs', 'firstByteMs', 'idleMs'];

const entriesOf = (value: unknown): [string, unknown][] | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;

/** What is wrong with the settings that concern failures and the choice of a channel. */
export const failoverRules: Readonly<Record<'costMultiplier' | 'timeouts' | 'errorKinds' | 'testModel', Rule>> = {
  *costMultiplier(value) {
    const { costMultiplier: most } = channelLimits;
    if (typeof value !== 'number' || !(value >= 0 && value <= most))
      yield { path: 'settings.costMultiplier', message: `must be a number from 0 to ${most}` };
  },

  *timeouts(value) {
    const entries = entriesOf(value);
    if (!entries) return yield { path: 'settings.timeouts', message: 'must be an object of milliseconds' };
    for (const [name, ms] of entries) {
      const path = `settings.timeouts.${name.slice(0, 64)}`;
      if (!deadlines.includes(name)) yield { path, message: `is not one of ${deadlines.join(', ')}` };
      else if (!Number.isInteger(ms) || Number(ms) < 50 || Number(ms) > channelLimits.timeoutMs)
        yield { path, message: `must be from 50 to ${channelLimits.timeoutMs} milliseconds` };
    }
  },

  *errorKinds(value) {
    const entries = entriesOf(value);
    if (!entries) return yield { path: 'settings.errorKinds', message: 'must be an object of codes and kinds' };
    if (entries.length > channelLimits.errorKinds)
      yield { path: 'settings.errorKinds', message: `must be at most ${channelLimits.errorKinds}` };
    for (const [code, kind] of entries) {
      const path = `settings.errorKinds.${code.slice(0, 64)}`;
      if (!/^[\w.-]{1,128}$/.test(code)) yield { path: 'settings.errorKinds', message: 'names must be error codes' };
      else if (!errorKinds.some((known) => known === kind))
        yield { path, message: `must be one of ${errorKinds.join(', ')}` };
    }
  },

  *testModel(value) {
    if (!isModelName(value)) yield { path: 'settings.testModel', message: "must be a model's name" };
  },
};
