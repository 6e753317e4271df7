export * from './aws-event-stream';
/** core: pure TypeScript that every other lib may use: errors, ids, clock, money, redaction, SSE framing. Imports nothing of ours. */
export * from './clock';
export * from './errors';
export * from './ids';
export * from './money';
export * from './redact';
export * from './sse';
