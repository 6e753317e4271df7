/** Callers who never stop, and what they had to the last byte. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readSse } from './world';

export interface Callers {
  /** Request ids of the answers received whole. */
  readonly received: ReadonlySet<string>;
  /** How often each status was seen. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Errors of the last refusals, by status. */
  readonly refusals: ReadonlyMap<number, unknown>;
  stop(): Promise<void>;
}

/** `urlOf` says where a caller's next call goes. */
export function startCallers(
  count: number,
  { key, models, urlOf }: { key: string; models: readonly string[]; urlOf: (call: number) => string },
): Callers {
  const received = new Set<string>();
  const statuses = new Map<number, number>();
  const refusals = new Map<number, unknown>();
  let stopped = false;

  const one = async (call: number): Promise<boolean> => {
    const stream = call % 2 === 0;
    const model = models[call % models.length];
    const response = await fetch(`${urlOf(call)}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'chaos and order' }] }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const { status } = response;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status !== 200) refusals.set(status, JSON.parse(text));
    if (status !== 200 || !isWhole(text, stream)) return false;
    received.add(response.headers.get('x-request-id') ?? '');
    return true;
  };
  const callers = Array.from({ length: count }, async (_, seed) => {
    for (let call = seed; !stopped; call += 1) if (!(await one(call).catch(() => false))) await sleep(20);
  });
  const stop = async (): Promise<void> => {
    stopped = true;
    await Promise.all(callers);
  };
  return { received, statuses, refusals, stop };
}

function isWhole(text: string, stream: boolean): boolean {
  if (!stream) return JSON.parse(text).choices.length === 1;
  const { done, errors } = readSse(text);
  return done && errors.length === 0;
}
