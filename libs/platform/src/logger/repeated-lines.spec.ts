import { type LogLine, RepeatedLines } from './repeated-lines';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const error = (message: string): LogLine => ({ level: 'error', message });

it('counts again after the window, and says nothing of a line that came once', () => {
  const summaries: LogLine[] = [];
  const lines = new RepeatedLines((line) => summaries.push(line), 1_000);
  expect(lines.admit(error('once'))).toBe(true);
  expect(lines.admit(error('twice'))).toBe(true);
  expect(lines.admit(error('twice'))).toBe(false);
  jest.advanceTimersByTime(1_000);
  expect(summaries.map(({ repeated }) => repeated)).toEqual([1]);
  expect(lines.admit(error('twice'))).toBe(true);
});

it('never holds back what is not a warning or an error', () => {
  const lines = new RepeatedLines(() => undefined);
  expect([1, 2, 3].map(() => lines.admit({ level: 'info', message: 'same' }))).toEqual([true, true, true]);
});

it('stays bounded under a million different lines, and loses no count', () => {
  let counted = 0;
  const lines = new RepeatedLines(({ repeated }) => (counted += Number(repeated)));
  const word = (index: number): string =>
    index.toString(36).replaceAll(/\d/g, (digit) => String.fromCharCode(97 + Number(digit)) + '_');
  for (let index = 0; index < 20_000; index += 1) {
    lines.admit(error(word(index)));
    lines.admit(error(word(index)));
  }
  expect(jest.getTimerCount()).toBeLessThanOrEqual(500);
  lines.flush();
  expect(jest.getTimerCount()).toBe(0);
  expect(counted).toBe(20_000);
});
