/** Waiting without guessing how fast the machine is: for a condition, and at a gate the test opens. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Only to tell a hang from a busy machine: nothing is expected to take this long. */
export const PATIENCE_MS = 30_000;

const LOOK_EVERY_MS = 10;

/** Polls until `look` gives a value. The error tells what was awaited. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Polls until the condition holds. */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs?: number): Promise<void> {
  await until(String(condition), async () => condition(), withinMs);
}

/** Where code under test waits for as long as the test wants it to. */
export class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}
