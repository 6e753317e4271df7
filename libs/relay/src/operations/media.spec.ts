import { quirksOf } from '@app/providers';
import { Body } from '../request/members';
import { RelayError } from '../relay.errors';
import { imageEdits, images, imageVariations } from './images';
import { speech } from './speech';
import { transcriptions } from './transcriptions';

const quirks = quirksOf({}, 'openai-chat');
const body = (value: object): Body => Body.parse(Buffer.from(JSON.stringify(value)));
const paramOf = (check: () => void): string | undefined => {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof RelayError ? error.extra.param : String(error);
  }
};

describe('a transcript', () => {
  const whole = (answer: unknown) => transcriptions.whole(answer, quirks);
  const text = 'twelve bytes';

  it.each([
    [
      'tokens, of sound and of text',
      {
        type: 'tokens',
        input_tokens: 40,
        input_token_details: { text_tokens: 3, audio_tokens: 37 },
        output_tokens: 12,
        total_tokens: 52,
      },
      { input: 3, audioIn: 37, output: 12, seconds: 4 },
    ],
    [
      'tokens without details',
      { type: 'tokens', input_tokens: 40, output_tokens: 12 },
      { input: 0, audioIn: 40, output: 12, seconds: 4 },
    ],
    ['seconds', { type: 'duration', seconds: 37 }, { input: 0, audioIn: 370, output: 3, seconds: 37 }],
    [
      "Mistral's tokens beside seconds",
      { prompt_audio_seconds: 203, prompt_tokens: 4, completion_tokens: 635, total_tokens: 3_264 },
      { input: 4, audioIn: 2_625, output: 635, seconds: 203 },
    ],
    [
      'absurd numbers',
      { input_tokens: -5, output_tokens: Number.NaN },
      { input: 0, audioIn: 0, output: 0, seconds: 0 },
    ],
  ])('is charged by %s', (_, usage, expected) => {
    expect(whole({ text, usage }).usage).toEqual(expected);
  });

  it('without usage is charged by the duration it tells, else not by itself', () => {
    expect(whole({ text, duration: 36.7 }).usage).toEqual({ input: 0, audioIn: 370, output: 3, seconds: 37 });
    expect(whole({ text }).usage).toBeUndefined();
  });

  it('may be empty: silence is an answer, nothing is none, and an error is one', () => {
    expect(whole({ text: '' }).meaningful).toBe(true);
    expect(whole({}).meaningful).toBe(false);
    expect(whole({ error: { message: 'no' } }).error).toEqual({ message: 'no' });
  });

  it('is read from its stream', () => {
    const glimpses = [
      { type: 'transcript.text.delta', delta: 'Grüße' },
      { type: 'transcript.text.segment', id: 'seg_0', text: 'Grüße', speaker: 'A', start: 0, end: 1 },
      { type: 'transcript.text.done', text: 'Grüße', usage: { type: 'tokens', input_tokens: 10, output_tokens: 2 } },
    ].map((event) => transcriptions.event(event, undefined, quirks));
    expect(glimpses).toMatchObject([
      { meaningful: true, textBytes: 7, terminal: false },
      { meaningful: true, textBytes: 0, terminal: false },
      { terminal: true, finish: 'done', usage: { audioIn: 10, output: 2 } },
    ]);
  });

  it('that tells nothing is charged by the recording, and by what was said where that is longer than it can be', () => {
    const wish = body({ model: 'm', file: { filename: 'a.wav', bytes: 9, seconds: 3.2 }, prompt: 'x'.repeat(40) });
    expect(transcriptions.estimate!(wish, 100)).toEqual({ input: 10, output: 25, seconds: 4, audioIn: 40 });
    expect(transcriptions.estimate!(wish, 5_000)).toMatchObject({ seconds: 100, audioIn: 1_000 });
  });

  it.each([
    ['text', 'text/plain; charset=utf-8', true],
    ['srt', 'text/plain', true],
    ['vtt', '', true],
    ['text', 'text/html', false],
    ['json', 'text/plain', false],
    [undefined, 'text/plain', false],
  ])('asked for as %s may come as %s: %s', (format, type, expected) => {
    expect(transcriptions.isPlain!(body({ ...(format && { response_format: format }) }), type)).toBe(expected);
  });
});

describe('speech', () => {
  it('counts characters as people do', () => {
    expect(speech.asked!(body({ input: 'Añ 世界 🌍' }))).toEqual({ characters: 7 });
  });

  it.each([
    ['mp3', undefined, 20_000 * 6],
    ['pcm', undefined, 48_000 * 6],
    ['pcm', 'sse', (48_000 * 6 * 4) / 3],
  ])('that tells nothing is charged by the sound delivered (%s, %s)', (response_format, stream_format, bytes) => {
    const wish = body({ input: 'hello wörld', response_format, ...(stream_format && { stream_format }) });
    expect(speech.estimate!(wish, bytes)).toEqual({ input: 3, output: 0, audioOut: 125, characters: 11 });
  });

  it('is read from its stream', () => {
    const done = { type: 'speech.audio.done', usage: { input_tokens: 14, output_tokens: 101, total_tokens: 115 } };
    expect(speech.event(done, undefined, quirks)).toMatchObject({
      terminal: true,
      finish: 'done',
      usage: { input: 14, output: 0, audioOut: 101 },
    });
    expect(speech.event({ type: 'speech.audio.delta', audio: 'AAAA' }, undefined, quirks)).toMatchObject({
      meaningful: true,
      textBytes: 4,
    });
    expect(speech.event({ type: 'error', error: { message: 'no' } }, undefined, quirks).error).toBeDefined();
  });
});

describe('pictures', () => {
  const data = [{ b64_json: 'AAAA' }, { url: 'https://example.com/a.png' }];

  it('are charged by the tokens they report, words apart from pictures', () => {
    const usage = {
      input_tokens: 350,
      input_tokens_details: { text_tokens: 50, image_tokens: 300 },
      output_tokens: 1_100,
      output_tokens_details: { image_tokens: 1_056, text_tokens: 44 },
    };
    expect(images.whole({ data, usage }, quirks).usage).toEqual({
      input: 50,
      imageIn: 300,
      output: 44,
      imageOut: 1_056,
      images: 2,
    });
  });

  it('are counted where nothing is reported, and marked', () => {
    expect(images.whole({ data }, quirks).usage).toMatchObject({ images: 2, imageOut: 2_112, estimated: true });
    expect(images.whole({ data, usage: { cost_in_usd_ticks: 5 } }, quirks).usage).toMatchObject({ images: 2 });
  });

  it('that a vendor calls `images` are `data`; what has `data` comes as it came', () => {
    expect(images.whole({ images: data }, quirks)).toMatchObject({ meaningful: true, usage: { images: 2 } });
    expect(images.shown!({ images: data, seed: 7 })).toEqual({ data, seed: 7 });
    for (const answer of [{ data }, { images: data, data }, { images: 2 }])
      expect(images.shown!(answer)).toBeUndefined();
  });

  it('are counted one by one in a stream', () => {
    const completed = { type: 'image_edit.completed', b64_json: 'AAAA' };
    const first = images.event(completed, undefined, quirks);
    expect(images.event(completed, undefined, quirks, first.usage).usage).toMatchObject({ images: 2, estimated: true });
  });

  it('hold what they can cost', () => {
    const edit = body({ prompt: 'x', n: 3, image: [{}, {}], mask: {} });
    expect(imageEdits.alsoHolds!(edit)).toEqual({ images: 3, imageOut: 18_900, imageIn: 19_500 });
  });

  it.each([
    [{ prompt: 'x', image: { filename: 'a', bytes: 1 } }, undefined],
    [{ prompt: 'x', image: [{}, {}] }, undefined],
    [{ prompt: 'x', images: [{ image_url: 'https://example.com' }] }, undefined],
    [{ prompt: 'x' }, 'image'],
    [{ prompt: 'x', images: [] }, 'image'],
    [{ prompt: 'x', image: 'text' }, 'image'],
    [{ image: {} }, 'prompt'],
    [{ prompt: 'x', image: {}, n: '2' }, 'n'],
  ])('to be edited as %j are refused for %s', (wish, param) => {
    expect(paramOf(() => imageEdits.check(body(wish)))).toBe(param);
  });

  it.each([
    [{ image: {} }, undefined],
    [{}, 'image'],
    [{ image: [{}, {}] }, 'image'],
  ])('to be varied as %j are refused for %s', (wish, param) => {
    expect(paramOf(() => imageVariations.check(body(wish)))).toBe(param);
  });
});
