import { SseParser } from '@app/core';
import { protocols, type Protocol } from '@app/providers';
import type { ReplyContext } from '../../libs/relay/src/chat/face';
import type { Part } from '../../libs/relay/src/chat/parts';
import type { JsonObject } from '../../libs/relay/src/json';
import { clientFace, upstreamFace } from '../../libs/relay/src/protocols/faces';
import { AwsEvents } from '../../libs/relay/src/transport/aws-events';
import { exceptions } from './exceptions';
import { type Reading, readers } from './readings';
import { bytesOf, quirksFor, type Recording, recordings } from './recordings';

const context: ReplyContext = {
  model: 'm',
  requestId: 'req_recorded',
  created: 1_760_000_000,
  includeUsage: true,
  request: { model: 'm', stream: false, system: [], turns: [], tools: [], sampling: {}, meta: {}, extensions: [] },
};

/** A recorded answer as a caller of `protocol` gets it. */
function translated(recording: Recording, protocol: Protocol): string {
  const quirks = quirksFor(recording);
  const upstream = upstreamFace(recording.protocol);
  const client = clientFace(protocol);
  const bytes = bytesOf(recording);
  if (!recording.stream) {
    const reply = upstream.decodeReply(JSON.parse(bytes.toString('utf8')) as JsonObject, quirks);
    return JSON.stringify(client.encodeReply(reply, context));
  }
  const decoder = upstream.decodeStream(quirks);
  const encoder = client.encodeStream({ ...context, request: { ...context.request, stream: true } });
  const frames: string[] = [];
  const take = (parts: readonly Part[]): void => parts.forEach((part) => frames.push(...encoder.push(part)));
  const parser = new SseParser((event) => take(decoder.push(event)));
  const binary = recording.file.endsWith('.eventstream') ? new AwsEvents() : null;
  // Cut at awkward places on purpose: inside lines and inside characters.
  for (let at = 0; at < bytes.length; at += 17) {
    const chunk = bytes.subarray(at, at + 17);
    const events = binary ? binary.push(chunk) : chunk;
    if (events) parser.push(events);
  }
  parser.end();
  take(decoder.end());
  return [...frames, ...encoder.end()].join('');
}

const argumentsOf = (text: unknown): unknown => {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** Not every protocol tells a model that declines from a filter that cuts. */
const declined = (finish: string): string =>
  finish === 'refusal' || finish === 'content_filter' ? 'declined' : finish;

interface Named {
  readonly name: string;
  readonly arguments: unknown;
}

/** Arguments that were cut short are whatever a reader makes of them: the index has none for them. */
const callOf = ({ name, arguments: given }: Named, recorded: Named | undefined): object =>
  recorded?.arguments === null ? { name } : { name, arguments: argumentsOf(given) };

/** The part of a reading that the recording's index judges. */
function judged(reading: Reading, { expected }: Recording): object {
  return {
    ...(expected.text === undefined ? {} : { text: reading.text }),
    ...(expected.reasoning === undefined ? {} : { reasoning: reading.reasoning }),
    ...(expected.tool_calls === undefined
      ? {}
      : { tool_calls: reading.toolCalls.map((call, at) => callOf(call, expected.tool_calls?.[at])) }),
    ...(expected.finish == null ? {} : { finish: declined(reading.finish) }),
    ...(expected.usage === undefined ? {} : { usage: reading.usage }),
  };
}

function wanted({ expected }: Recording): object {
  const { text, reasoning, tool_calls: calls, finish, usage } = expected;
  return {
    ...(text === undefined ? {} : { text }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(calls === undefined ? {} : { tool_calls: calls.map((call) => callOf(call, call)) }),
    ...(finish == null ? {} : { finish: declined(finish) }),
    ...(usage === undefined ? {} : { usage: { input: usage.input, output: usage.output } }),
  };
}

const whole = recordings().filter(({ expected }) => expected.error === undefined);

describe.each(protocols)('recorded answers, read by the SDK of %s', (protocol) => {
  if (whole.length === 0) it.skip('there are no recordings here (RECORDED_DIR)', () => undefined);
  for (const recording of whole) {
    if (exceptions.has(`${recording.file} → ${protocol}`)) continue;
    it(recording.file, async () => {
      const reading = await readers[protocol](translated(recording, protocol), recording.stream);
      expect(judged(reading, recording)).toEqual(wanted(recording));
    });
  }
});
