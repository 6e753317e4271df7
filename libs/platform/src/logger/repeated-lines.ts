import { LRUCache } from 'lru-cache';

/** A line as the formats see it: its level and text, and whatever was logged with it. */
export interface LogLine {
  level: string;
  message: unknown;
  context?: unknown;
  [detail: string]: unknown;
}

interface Storm {
  repeated: number;
  readonly first: LogLine;
  readonly timer: NodeJS.Timeout;
}

const WINDOW_MS = 10_000;
const MOST_DISTINCT = 500;
const limited = new Set(['fatal', 'error', 'warn']);

/**
 * Turns a storm of equal warnings and errors into its first line and, when the window ends, one line with the count. Lines are
 * equal when they differ in numbers and ids only.
 */
export class RepeatedLines {
  private readonly storms: LRUCache<string, Storm>;

  constructor(
    private readonly summarize: (line: LogLine) => void,
    private readonly windowMs = WINDOW_MS,
  ) {
    this.storms = new LRUCache({ max: MOST_DISTINCT, dispose: (storm) => this.end(storm) });
  }

  /** Whether the line is to be written now; otherwise it was counted. */
  admit(line: LogLine): boolean {
    if (!limited.has(line.level)) return true;
    const key = `${line.level} ${String(line.context)} ${shapeOf(String(line.message))}`;
    const storm = this.storms.get(key);
    if (storm !== undefined) {
      storm.repeated += 1;
      return false;
    }
    const timer = setTimeout(() => this.storms.delete(key), this.windowMs).unref();
    this.storms.set(key, { repeated: 0, first: line, timer });
    return true;
  }

  /** Writes the counts that are still open. */
  flush(): void {
    this.storms.clear();
  }

  private end({ repeated, first, timer }: Storm): void {
    clearTimeout(timer);
    if (repeated === 0) return;
    const { level, context, message } = first;
    this.summarize({ level, message: `${String(message)} (and ${repeated} more like it)`, context, repeated });
  }
}

const shapeOf = (message: string): string => message.slice(0, 300).replaceAll(/[0-9a-f-]{8,}|\d+/gi, '#');
