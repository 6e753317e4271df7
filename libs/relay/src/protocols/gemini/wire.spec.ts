import { quirksOf } from '@app/providers';
import { PatchReader } from '../../lanes/patch-reader';
import { RelayError } from '../../relay.errors';
import { Body } from '../../request/members';
import { geminiWire } from './wire';

const quirks = quirksOf({}, 'gemini');
const parse = (value: object) => Body.parse(Buffer.from(JSON.stringify(value)));
const answer = (parts: readonly object[], more: object = {}, usageMetadata?: object) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  ...(usageMetadata ? { usageMetadata } : {}),
});
const look = (data: unknown) => geminiWire.event(data, undefined, quirks);

describe("Gemini's wire", () => {
  it.each([
    [answer([{ text: 'Grüße' }]), { meaningful: true, textBytes: 7 }],
    [answer([{ text: '' }]), { meaningful: false, textBytes: 0 }],
    [answer([{ functionCall: { name: 'f' } }]), { meaningful: true }],
    [answer([{ inlineData: { mimeType: 'image/png', data: 'QQ==' } }]), { meaningful: true, textBytes: 0 }],
    [answer([], { finishReason: 'MAX_TOKENS' }), { meaningful: true, finish: 'MAX_TOKENS' }],
    [answer([], { finishReason: 'FINISH_REASON_UNSPECIFIED' }), { meaningful: false, finish: undefined }],
    [{ promptFeedback: { blockReason: 'SAFETY' } }, { meaningful: true, finish: 'SAFETY' }],
    [
      answer([{ text: 'a' }], {}, { promptTokenCount: 3, candidatesTokenCount: 1, thoughtsTokenCount: 2 }),
      { usage: { input: 3, output: 1, reasoning: 2 } },
    ],
    [{ usageMetadata: { trafficType: 'ON_DEMAND' } }, { meaningful: false, usage: undefined }],
    [{ error: { code: 503 } }, { error: { code: 503 } }],
    [[{ error: { code: 503 } }], { error: { code: 503 } }],
    [
      [answer([{ text: 'ab' }]), answer([{ text: 'c' }], { finishReason: 'STOP' }, { promptTokenCount: 1 })],
      { textBytes: 3, finish: 'STOP', usage: { input: 1, output: 0 } },
    ],
    ['nonsense', { meaningful: false }],
    [null, { meaningful: false }],
  ])('sees in %j what the gateway must know', (data, glimpse) => {
    expect(look(data)).toMatchObject(glimpse);
  });

  it.each([
    [{}, 'contents'],
    [{ contents: 'Hi' }, 'contents'],
    [{ contents: [], generation_config: [] }, 'generation_config'],
    [{ contents: [], tools: 'search' }, 'tools'],
  ])('refuses %j, naming %s', (body, param) => {
    let error: unknown;
    try {
      geminiWire.check(parse(body));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RelayError);
    expect(error).toMatchObject({ status: 400, extra: { param } });
  });

  it.each([
    [{ contents: [] }, undefined],
    [{ generationConfig: { maxOutputTokens: 5 } }, 5],
    [{ generation_config: { max_output_tokens: '5', candidate_count: 3 } }, 15],
    [{ generationConfig: { maxOutputTokens: 0 } }, undefined],
  ])('knows the limit in %j', (body, limit) => {
    expect(geminiWire.outputLimit(parse(body))).toBe(limit);
  });

  it('breaks off with an event that Google takes for an error', () => {
    expect(geminiWire.failureFrame('busy', 'rate_limited')).toBe(
      'data: {"error":{"code":429,"message":"busy","status":"RESOURCE_EXHAUSTED"}}\n\n',
    );
  });

  const passedOn = (wire: string, size: number) => {
    const out: Buffer[] = [];
    const errors: unknown[] = [];
    const reader = new PatchReader(geminiWire, quirks, false, {
      commit: () => undefined,
      out: (bytes) => void out.push(Buffer.from(bytes as Buffer)), // this protocol's events never repeat, so they come as bytes
      error: (error) => void errors.push(error),
      end: () => undefined,
    });
    const bytes = Buffer.from(wire);
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    reader.close();
    return { text: Buffer.concat(out).toString(), errors, reader };
  };
  const sse = (...answers: readonly object[]) => answers.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join('');

  it('is passed on byte for byte, with the usage of the last event', () => {
    const stream = sse(
      answer([{ text: 'a' }], {}, { promptTokenCount: 3, candidatesTokenCount: 1 }),
      answer([{ text: 'b' }], { finishReason: 'STOP', newField: 1 }, { promptTokenCount: 3, candidatesTokenCount: 2 }),
    );
    for (const size of [1, 10, 1_000]) {
      const { text, reader } = passedOn(stream, size);
      expect(text).toBe(stream);
      expect(reader.facts).toEqual({ usage: { input: 3, output: 2 }, finish: 'STOP', textBytes: 2 });
      expect(reader.isComplete).toBe(true);
    }
  });

  it('is complete when each candidate that began has ended', () => {
    const of = (index: number, finishReason?: string) => ({
      candidates: [{ index, content: { parts: [{ text: 'a' }] }, ...(finishReason ? { finishReason } : {}) }],
    });
    const begun = [of(0), of(1), of(0, 'STOP'), of(1, 'FINISH_REASON_UNSPECIFIED')];
    const isComplete = (...events: object[]) => passedOn(sse(...events), 1_000).reader.isComplete;
    expect(isComplete(...begun)).toBe(false);
    expect(isComplete(...begun, of(1, 'MAX_TOKENS'))).toBe(true);
    const together = { candidates: [...of(0, 'STOP').candidates, ...of(1).candidates] };
    expect(isComplete(together)).toBe(false);
    expect(isComplete(together, of(1, 'STOP'))).toBe(true);
  });

  it('is not complete when bare pretty-printed JSON after its events reports an error', () => {
    const error = { code: 499, message: 'The operation was cancelled.', status: 'CANCELLED' };
    const events = sse(answer([{ text: 'First ' }], { finishReason: 'STOP' }));
    for (const size of [1, 10, 1_000]) {
      const { text, errors } = passedOn(events + JSON.stringify({ error }, null, 2), size);
      expect([text, errors]).toEqual([events, [error]]);
    }
  });
});
