import { CELLS_PER_WINDOW } from './limiter';

/** What was charged between `first` and `last`, two seconds of each other at most. Times are monotonic milliseconds. */
export interface Cell {
  readonly first: number;
  last: number;
  requests: number;
  tokens: number;
}

export type Unit = 'requests' | 'tokens';

/** What one key used in the last minute. See `Limiter` for the algorithm. */
export class SlidingWindow {
  requests = 0;
  tokens = 0;
  private readonly cells: Cell[] = [];

  constructor(private readonly windowMs: number) {}

  /** Forgets what is older than the window. Call before reading the sums. */
  advance(now: number): void {
    while (this.cells.length > 0 && now - this.cells[0]!.last >= this.windowMs) {
      const cell = this.cells.shift()!;
      this.requests -= cell.requests;
      this.tokens -= cell.tokens;
    }
  }

  /** Adds to the current cell and returns it, so that the charge can be corrected later. */
  charge(now: number, requests: number, tokens: number): Cell {
    let cell = this.cells.at(-1);
    if (cell === undefined || now - cell.first >= this.windowMs / CELLS_PER_WINDOW) {
      cell = { first: now, last: now, requests: 0, tokens: 0 };
      this.cells.push(cell);
    }
    cell.last = now;
    cell.requests += requests;
    cell.tokens += tokens;
    this.requests += requests;
    this.tokens += tokens;
    return cell;
  }

  /** Takes unused tokens back out of the cell they were reserved in; a cell that has left the window owes nothing. */
  giveBack(cell: Cell, tokens: number): void {
    if (!this.cells.includes(cell)) return;
    cell.tokens -= tokens;
    this.tokens -= tokens;
  }

  /** Milliseconds until `amount` of what is used now has left the window. */
  freedAfter(now: number, unit: Unit, amount: number): number {
    let freed = 0;
    for (const cell of this.cells) {
      freed += cell[unit];
      if (freed >= amount) return cell.last + this.windowMs - now;
    }
    return this.windowMs;
  }

  /** Milliseconds until nothing is used any more. */
  emptyAfter(now: number, unit: Unit): number {
    const newest = this.cells.at(-1);
    return newest === undefined || this[unit] === 0 ? 0 : newest.last + this.windowMs - now;
  }

  get isEmpty(): boolean {
    return this.cells.length === 0;
  }
}
