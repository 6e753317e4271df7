import { SingleFlight } from './single-flight';

function deferred() {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

describe('a single flight', () => {
  it('runs once for all who ask while another run is under way, and after it', async () => {
    const runs = [deferred(), deferred()];
    let started = 0;
    const flight = new SingleFlight(() => runs[started++]!.promise, 0);
    const first = flight.request();
    await settled();
    const late = [flight.request(), flight.request(), flight.request()];
    await settled();
    expect(started).toBe(1);
    runs[0]!.resolve();
    await first;
    await settled();
    expect(started).toBe(2);
    runs[1]!.resolve();
    await Promise.all(late);
    expect(started).toBe(2);
  });

  it('does not count a run that began before the question', async () => {
    let value = 0;
    let seen = -1;
    const gate = deferred();
    const flight = new SingleFlight(async () => {
      const read = value;
      await gate.promise;
      seen = read;
    }, 0);
    const first = flight.request();
    await settled();
    value = 1;
    const second = flight.request();
    gate.resolve();
    await first;
    expect(seen).toBe(0);
    await second;
    expect(seen).toBe(1);
  });

  it('keeps a distance between runs', async () => {
    const starts: number[] = [];
    const flight = new SingleFlight(async () => void starts.push(performance.now()), 40);
    await flight.request();
    await flight.request();
    // Timers count whole milliseconds, and may be early by one.
    expect(starts[1]! - starts[0]!).toBeGreaterThanOrEqual(30);
  });
});
