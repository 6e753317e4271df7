import { type Protocol, protocols, quirksOf } from '@app/providers';
import type { Block } from '../chat/blocks';
import { Lost } from '../chat/losses';
import type { Candidate, ChatReply } from '../chat/reply';
import { unfold } from '../chat/unfold';
import { clientFace, upstreamFace } from '../protocols/faces';
import { completionsClient } from '../protocols/openai-chat/completions';

/** What each caller's protocol cannot say of an answer: the rest is in the answer, which the encoders' own tests show. */
const candidate = (blocks: readonly Block[], more: Partial<Candidate> = {}): Candidate => ({
  index: 0,
  blocks,
  finish: { reason: 'stop' },
  ...more,
});
const text: Block = { kind: 'text', text: 'a' };
const image = { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA==' } } as const;
const audio: Block = { kind: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'AA==' }, transcript: 'a' };
const cited = (citation: object): Block => ({ kind: 'text', text: 'a', citations: [citation] });
const opaque = (issuer: 'openai' | 'anthropic' | 'gemini', type: string): Block => ({
  kind: 'opaque',
  issuer,
  type,
  value: { type },
});
const call: Block = { kind: 'tool-call', id: 'c', name: 'f', input: '{}', type: 'function', namespace: 'n' };
const safety = { gemini: { safetyRatings: [], groundingMetadata: {} } };

const everywhere = (name: string) => Object.fromEntries(protocols.map((protocol) => [protocol, [name]]));

const table: readonly (readonly [what: string, candidates: Candidate[], lost: Partial<Record<Protocol, string[]>>])[] =
  [
    [
      'text, thoughts, a refusal',
      [candidate([text, { kind: 'reasoning', text: 'hm' }, { kind: 'refusal', text: 'no' }])],
      {},
    ],
    ['a picture', [candidate([image])], {}],
    [
      'a picture in a store',
      [candidate([{ ...image, source: { kind: 'file', id: 'f', issuer: 'openai' } }])],
      everywhere('image'),
    ],
    ['sound', [candidate([audio])], { 'openai-responses': ['audio'], 'anthropic-messages': ['audio'] }],
    [
      'a second answer',
      [candidate([text]), candidate([text], { index: 1 })],
      { 'openai-responses': ['candidates'], 'anthropic-messages': ['candidates'] },
    ],
    ['probabilities', [candidate([text], { logprobs: { content: [] } })], { 'anthropic-messages': ['logprobs'] }],
    ['a source on the web', [candidate([cited({ url: 'https://a.example' })])], {}],
    [
      'a source of another kind',
      [candidate([cited({ title: 'a', raw: { issuer: 'openai', value: { type: 'file_citation' } } })])],
      { 'openai-chat': ['citations'], 'anthropic-messages': ['citations'] },
    ],
    [
      'a tool of OpenAI',
      [candidate([opaque('openai', 'web_search_call')])],
      { ...everywhere('web_search_call'), 'openai-responses': undefined },
    ],
    [
      'a tool of Anthropic',
      [candidate([opaque('anthropic', 'server_tool_use')])],
      { ...everywhere('server_tool_use'), 'anthropic-messages': undefined },
    ],
    [
      'a tool of Google',
      [candidate([opaque('gemini', 'executableCode')])],
      { ...everywhere('executableCode'), gemini: undefined },
    ],
    [
      "Google's ratings",
      [candidate([text], { finish: { reason: 'stop', details: safety } })],
      { ...everywhere('safetyRatings'), gemini: undefined },
    ],
    [
      "why Anthropic's model refused",
      [candidate([], { finish: { reason: 'refusal', details: { type: 'refusal', category: 'cyber' } } })],
      { ...everywhere('stop_details'), 'anthropic-messages': undefined },
    ],
    [
      'which word ended it',
      [candidate([text], { finish: { reason: 'stop', stopSequence: 'END' } })],
      { ...everywhere('stop_sequence'), 'anthropic-messages': undefined },
    ],
    ['the namespace of a tool', [candidate([call])], { ...everywhere('namespace'), 'openai-responses': undefined }],
    [
      'the phase of a text',
      [candidate([{ ...text, phase: 'commentary' }])],
      { ...everywhere('phase'), 'openai-responses': undefined },
    ],
  ];

const lostOf = (losses: ConstructorParameters<typeof Lost>[0], candidates: readonly Candidate[]): readonly string[] => {
  const lost = new Lost(losses);
  for (const part of unfold({ candidates } satisfies ChatReply)) lost.note(part);
  return lost.names;
};

describe.each(protocols)('a caller of %s is told that it does not get', (protocol) => {
  it.each(table)('%s', (_what, candidates, lost) => {
    const expected = (lost[protocol] ?? []).map((name) => `reply.${name}`);
    expect(lostOf(clientFace(protocol).losses, candidates)).toEqual(expected);
  });
});

it('nothing of a real answer is told to be lost in its own protocol', () => {
  const answer = {
    candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP', safetyRatings: [{ category: 'X' }] }],
  };
  const { candidates } = upstreamFace('gemini').decodeReply(answer, quirksOf({}, 'gemini'));
  expect(lostOf(clientFace('gemini').losses, candidates)).toEqual([]);
  expect(lostOf(clientFace('openai-chat').losses, candidates)).toEqual(['reply.safetyRatings']);
});

it('a caller of text completions gets text alone', () => {
  const blocks = [text, { kind: 'reasoning', text: 'hm' } as const, call, image];
  expect(lostOf(completionsClient.losses, [candidate(blocks)])).toEqual([
    'reply.reasoning',
    'reply.tool_calls',
    'reply.image',
  ]);
});

it('however many kinds of blocks an upstream makes up, the list has an end', () => {
  const blocks = Array.from({ length: 100 }, (_, at) => opaque('openai', `${at}${'x'.repeat(200)}`));
  const lost = lostOf(clientFace('gemini').losses, [candidate(blocks)]);
  expect(lost).toHaveLength(32);
  expect(Math.max(...lost.map(({ length }) => length))).toBe(80);
});
