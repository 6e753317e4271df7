import type { ImageRequest } from './image';
import { aspectOf } from './aspect';
import { geminiImages } from './gemini';
import { imagen } from './imagen';
import { decodeRequest, encodeReply } from './openai';
import { mayFetch, replicateImages } from './replicate';

const asked = (more: object = {}): ImageRequest => decodeRequest({ model: 'm', prompt: 'a cat', ...more });
const param = (name: string) =>
  expect.objectContaining({ extra: expect.objectContaining({ param: name }) as unknown }) as Error;

describe('what a caller of OpenAI’s asks for', () => {
  it('is read once for all models', () => {
    const own = { seed: 7 };
    expect(asked({ n: 2, size: '1536x1024', quality: 'high', style: null, output_format: 'jpeg', ...own })).toEqual({
      prompt: 'a cat',
      count: 2,
      size: { width: 1536, height: 1024 },
      format: 'jpeg',
      stream: false,
      others: ['quality'],
      own,
    });
    expect(asked({ size: 'auto', quality: 'auto', n: null, response_format: 'b64_json' })).toEqual({
      prompt: 'a cat',
      count: 1,
      handOver: 'b64_json',
      stream: false,
      others: [],
      own: {},
    });
  });

  it.each([
    [{ n: 0 }, 'n'],
    [{ n: 11 }, 'n'],
    [{ n: 1.5 }, 'n'],
    [{ size: 'large' }, 'size'],
  ])('%j is refused by name', (body, name) => {
    expect(() => asked(body)).toThrow(param(name));
  });
});

describe('Imagen', () => {
  it('is asked for pictures of the nearest proportions, and what it does not know is named', () => {
    const wanted = asked({
      n: 3,
      size: '1792x1024',
      output_format: 'jpeg',
      output_compression: 80,
      quality: 'hd',
      seed: 7,
    });
    expect(imagen.encode(wanted, 'imagen-4.0-generate-001')).toEqual({
      body: {
        instances: [{ prompt: 'a cat' }],
        parameters: {
          sampleCount: 3,
          aspectRatio: '16:9',
          outputOptions: { mimeType: 'image/jpeg', compressionQuality: 80 },
          seed: 7,
        },
      },
      dropped: ['quality'],
    });
    expect(imagen.encode(asked({ size: '2048x2048' }), 'm').body).toMatchObject({
      parameters: { aspectRatio: '1:1', sampleImageSize: '2K' },
    });
    expect(imagen.encode(asked({ size: '1536x1024', output_format: 'webp', sampleCount: 4 }), 'm')).toMatchObject({
      body: { parameters: { sampleCount: 1, aspectRatio: '4:3' } },
      dropped: ['size', 'output_format'],
    });
  });

  it('gives bytes, or says why not', () => {
    const predictions = [{ bytesBase64Encoded: 'QQ==', mimeType: 'image/png' }, { raiFilteredReason: 'unsafe' }];
    expect(imagen.decode({ predictions }).pictures).toEqual([{ base64: 'QQ==', mediaType: 'image/png' }]);
    expect(imagen.decode({ predictions: [{ raiFilteredReason: 'unsafe' }] })).toMatchObject({
      pictures: [],
      error: { code: 'content_policy_violation', message: 'unsafe' },
    });
    expect(imagen.decode({})).toEqual({ pictures: [] });
  });
});

describe('an image model of Gemini', () => {
  it('is asked for one picture', () => {
    expect(geminiImages.encode(asked({ size: '1024x1536', user: 'u', seed: 7 }), 'gemini-2.5-flash-image')).toEqual({
      body: {
        contents: [{ role: 'user', parts: [{ text: 'a cat' }] }],
        generationConfig: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '2:3' } },
      },
      dropped: ['user', 'seed'],
    });
    expect(geminiImages.encode(asked({ size: '4096x4096' }), 'gemini-3-pro-image').body).toMatchObject({
      generationConfig: { imageConfig: { aspectRatio: '1:1', imageSize: '4K' } },
    });
    expect(() => geminiImages.encode(asked({ n: 2 }), 'g')).toThrow(param('n'));
  });

  it('counts its pictures in tokens', () => {
    const answer = {
      candidates: [
        {
          content: {
            parts: [
              { inlineData: { mimeType: 'image/png', data: 'QUI=' }, thought: true },
              { text: 'Here it is.' },
              { inlineData: { mimeType: 'image/png', data: 'QQ==' } },
            ],
          },
        },
      ],
      usageMetadata: {
        promptTokenCount: 5,
        candidatesTokenCount: 1300,
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
      },
    };
    expect(geminiImages.decode(answer)).toEqual({
      pictures: [{ base64: 'QQ==', mediaType: 'image/png' }],
      usage: { input: 5, output: 10, imageOut: 1290, images: 1 },
    });
    const refused = { candidates: [{ finishReason: 'IMAGE_SAFETY' }] };
    expect(geminiImages.decode(refused)).toMatchObject({ error: { message: expect.stringContaining('IMAGE_SAFETY') } });
  });
});

describe('a model of Replicate', () => {
  it('gets the usual inputs, and the caller’s own as they are', () => {
    const wanted = asked({
      n: 2,
      size: '1024x1024',
      output_format: 'jpeg',
      quality: 'hd',
      guidance: 3,
      num_outputs: 9,
    });
    expect(replicateImages.encode(wanted, 'a/b:5c7d')).toEqual({
      body: {
        version: '5c7d',
        input: {
          prompt: 'a cat',
          num_outputs: 2,
          aspect_ratio: '1:1',
          width: 1024,
          height: 1024,
          output_format: 'jpg',
          guidance: 3,
        },
      },
      dropped: ['quality'],
      headers: { prefer: 'wait' },
    });
    expect(replicateImages.encode(asked(), 'a/b').body).toEqual({ input: { prompt: 'a cat' } });
  });

  it.each([
    ['https://replicate.delivery/a.webp', [{ url: 'https://replicate.delivery/a.webp' }]],
    [['https://replicate.delivery/a.webp', 7, 'no url'], [{ url: 'https://replicate.delivery/a.webp' }]],
    ['data:image/png;base64,QQ==', [{ base64: 'QQ==', mediaType: 'image/png' }]],
    [null, []],
  ])('whose output is %j gives %j', (output, pictures) => {
    expect(replicateImages.decode({ status: 'succeeded', output })).toEqual({ pictures });
  });

  it('that fails says so', () => {
    expect(replicateImages.decode({ status: 'failed', error: 'NSFW' }).error).toMatchObject({ message: 'NSFW' });
  });

  it.each([
    ['https://replicate.delivery/x', true],
    ['https://a.replicate.delivery/x', true],
    ['https://api.replicate.com/x', true],
    ['http://replicate.delivery/x', false],
    ['https://replicate.delivery.evil.test/x', false],
    ['https://evilreplicate.delivery/x', false],
    ['https://169.254.169.254/latest', false],
    ['http://127.0.0.1/x', false],
    ['file:///etc/passwd', false],
    ['x', false],
  ])('has its files fetched from %s: %j', (url, may) => {
    expect(mayFetch(url, 'https://api.replicate.com/v1')).toBe(may);
  });
});

describe('pictures for the caller', () => {
  const bytes = { base64: 'QQ==', mediaType: 'image/webp' };
  const read = (handOver?: 'url' | 'b64_json') =>
    JSON.parse(encodeReply([bytes, { url: 'https://x.test/a' }], { handOver, stream: false }, { created: 1 }).text);

  it('come as they are, or as they were asked for', () => {
    expect(read()).toEqual({ created: 1, data: [{ b64_json: 'QQ==' }, { url: 'https://x.test/a' }] });
    expect(read('url').data[0]).toEqual({ url: 'data:image/webp;base64,QQ==' });
  });

  it('come in one event each where a stream was asked for, the last with the usage', () => {
    const context = { created: 1, usage: { input: 2, output: 3 } };
    const { text, contentType } = encodeReply([bytes, bytes], { stream: true }, context);
    expect(contentType).toContain('text/event-stream');
    const events = [...text.matchAll(/^event: (.*)\ndata: (.*)\n\n/gm)].map(([, name, data]) => [
      name,
      JSON.parse(data!),
    ]);
    expect(events).toEqual([
      ['image_generation.completed', { type: 'image_generation.completed', created_at: 1, b64_json: 'QQ==' }],
      [
        'image_generation.completed',
        expect.objectContaining({ usage: { input_tokens: 2, output_tokens: 3, total_tokens: 5 } }),
      ],
    ]);
  });
});

it.each([
  [1024, 1024, '1:1', true],
  [1920, 1080, '16:9', true],
  [1792, 1024, '16:9', true],
  [1536, 1024, '4:3', false],
  [1080, 1920, '9:16', true],
])('%d × %d is nearest to %s, closely: %j', (width, height, ratio, isClose) => {
  expect(aspectOf({ width, height }, ['1:1', '3:4', '4:3', '9:16', '16:9'])).toEqual({ ratio, isClose });
});
