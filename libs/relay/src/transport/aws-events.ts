import { AwsEventStreamParser, type AwsMessage, sseFrame } from '@app/core';
import { parseJson, textAt } from '../json';

export const AWS_EVENT_STREAM = 'application/vnd.amazon.eventstream';

/**
 * AWS's binary frames as server-sent events, so that everything behind reads one kind of stream. InvokeModel wraps the model's own
 * events (`chunk`: `{"bytes": base64, "p": padding}`), Converse has events of its own, whose name is the event's.
 */
export class AwsEvents {
  private readonly parser = new AwsEventStreamParser();
  private frames = '';
  private readonly take = (message: AwsMessage): void => void (this.frames += eventOf(message));

  /** Null while no message is complete. Throws AwsFrameError. */
  push(chunk: Buffer): Buffer | null {
    this.frames = '';
    this.parser.push(chunk, this.take);
    return this.frames === '' ? null : Buffer.from(this.frames, 'utf8');
  }
}

function eventOf({ headers, payload }: AwsMessage): string {
  const type = headers[':message-type'];
  const body = payload.toString('utf8');
  if (type === 'exception') return failure(headers[':exception-type'], textAt(parseJson(body), 'message'));
  if (type === 'error') return failure(headers[':error-code'], headers[':error-message']);
  const name = headers[':event-type'] ?? '';
  return name === 'chunk' ? modelEvent(body) : sseFrame(body, name);
}

/** Anthropic's events name themselves in their JSON, at the beginning. */
const named = /^\{"type":"(\w+)"/;

function modelEvent(body: string): string {
  const bytes = textAt(parseJson(body), 'bytes');
  if (bytes === undefined) return '';
  const data = Buffer.from(bytes, 'base64').toString('utf8');
  const line = data.includes('\n') ? JSON.stringify(parseJson(data) ?? data) : data;
  return sseFrame(line, named.exec(line)?.[1] ?? textAt(parseJson(line), 'type'));
}

/** AWS's exceptions in Anthropic's words, which is what clients of an Anthropic stream know. */
const words: Readonly<Record<string, string>> = {
  throttlingException: 'rate_limit_error',
  serviceUnavailableException: 'overloaded_error',
  modelTimeoutException: 'timeout_error',
  validationException: 'invalid_request_error',
};

/** `code` keeps AWS's own word: the error is classified by it. */
const failure = (code = 'internalServerException', message = 'The upstream failed.'): string =>
  sseFrame(JSON.stringify({ type: 'error', error: { type: words[code] ?? 'api_error', code, message } }), 'error');
