import { pair, recordOf, type Pair } from './pairs';

/** The part of the form that says what happens when the upstream is slow, dear or fails. */
export interface FailoverValues {
  timeouts: Record<Deadline, number | ''>;
  /** Error code or `http_<status>` → what it means. */
  errorKinds: readonly Pair[];
  costMultiplier: number | '';
  testModel: string;
}

export const deadlines = ['connectMs', 'firstByteMs', 'idleMs'] as const;

type Deadline = (typeof deadlines)[number];

type Settings = Readonly<Record<string, unknown>>;

const numberOf = (value: unknown): number | '' => (typeof value === 'number' ? value : '');

export function storedFailover({ timeouts, errorKinds, costMultiplier, testModel }: Settings): FailoverValues {
  const { connectMs, firstByteMs, idleMs } = (timeouts ?? {}) as Settings; // as the API documents it
  return {
    timeouts: { connectMs: numberOf(connectMs), firstByteMs: numberOf(firstByteMs), idleMs: numberOf(idleMs) },
    errorKinds: Object.entries(errorKinds ?? {}).map(([from, to]) => pair(from, String(to))),
    costMultiplier: numberOf(costMultiplier),
    testModel: typeof testModel === 'string' ? testModel : '',
  };
}

/** What of it is sent; what is left empty is not. */
export function failoverOf({ timeouts, errorKinds, costMultiplier, testModel }: FailoverValues): Settings {
  const set = Object.entries(timeouts).filter(([, ms]) => ms !== '');
  const kinds = recordOf(errorKinds);
  return {
    ...(set.length > 0 && { timeouts: Object.fromEntries(set) }),
    ...(Object.keys(kinds).length > 0 && { errorKinds: kinds }),
    ...(costMultiplier !== '' && { costMultiplier }),
    ...(testModel.trim() && { testModel: testModel.trim() }),
  };
}
