import { redact } from '@app/core';
import { format } from 'winston';
import { currentRequestId } from './request-context';

const LONGEST_MESSAGE = 8_192;
const LONGEST_LINE = 65_536;

/** The line that every transport gets: time, request and node attached, and no secret left in it. */
export const safeLine = (nodeId: string) =>
  format((info) => {
    const requestId = info.requestId ?? currentRequestId();
    const line = { time: new Date().toISOString(), ...info, ...(requestId ? { requestId } : {}), nodeId };
    // Winston keeps what it needs under symbols, which `redact` does not copy.
    return Object.assign(symbolsOf(info), redact({ ...line, message: clip(String(info.message), LONGEST_MESSAGE) }));
  })();

/** One JSON object per line. */
export const jsonLine = format.printf((info) => {
  const text = JSON.stringify(info);
  if (text.length <= LONGEST_LINE) return text;
  const { time, level, message, context, requestId, nodeId } = info;
  return JSON.stringify({ time, level, message, context, requestId, nodeId, cut: text.length });
});

const color: Partial<Record<string, number>> = { fatal: 31, error: 31, warn: 33, verbose: 90, debug: 90 };

/** For people at a terminal: `12:01:02 warn  [Database] text {details}` and the stack below. */
export const readableLine = format.printf(({ time, level, message, context, stack, nodeId: _node, ...details }) => {
  const head = `${String(time).slice(11, 19)} \x1b[${color[level] ?? 32}m${level.padEnd(5)}\x1b[0m`;
  const where = context ? ` [${String(context)}]` : '';
  const more = Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : '';
  return `${head}${where} ${printable(String(message) + more)}${stack ? `\n${printable(String(stack))}` : ''}`;
});

/** What callers send may hold escape sequences: they must not drive the operator's terminal. */
const printable = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, '?');

const symbolsOf = (info: object): { level: string; message: unknown } =>
  Object.fromEntries(
    Object.getOwnPropertySymbols(info).map((name) => [name, (info as Record<symbol, unknown>)[name]]),
  ) as never; // level and message are assigned over it

const clip = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
