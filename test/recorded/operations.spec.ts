import { SseParser } from '@app/core';
import { classifyUpstreamError, findProvider, type Operation, type Protocol } from '@app/providers';
import type { Part } from '../../libs/relay/src/chat/parts';
import { totalInput, totalOutput, type Usage } from '../../libs/relay/src/chat/usage';
import { parseJson } from '../../libs/relay/src/json';
import type { Glimpse } from '../../libs/relay/src/lanes/wire';
import { wireFor } from '../../libs/relay/src/operations';
import { upstreamFace } from '../../libs/relay/src/protocols/faces';
import { allRecordings, bytesOf, quirksFor, type Recording, recordings } from './recordings';

/** Recorded answers besides chat, and recorded failures: what the gateway reads off them to bill and to try elsewhere. */
type Counted = Partial<Record<'input' | 'output' | 'seconds' | 'images' | 'requests', number>>;

/** What each is an answer to, and what is billed by it; null: it names no usage, which is estimated or priced per request. */
const answers: Readonly<Record<string, readonly [Operation, Counted | null, Protocol?]>> = {
  'anthropic-messages/count-tokens.json': ['count-tokens', null, 'anthropic-messages'],
  'gemini/count-tokens.json': ['count-tokens', null, 'gemini'],
  'audio/openai-transcribe-diarized.json': ['transcriptions', { input: 37, output: 144 }],
  'audio/openai-transcribe-stream.sse': ['transcriptions', { input: 37, output: 12 }],
  'audio/openai-whisper-usage-duration.json': ['transcriptions', { seconds: 4 }],
  'audio/openai-whisper-verbose-words.json': ['transcriptions', { seconds: 37 }],
  'embeddings/cohere-v2.json': ['embeddings', { input: 10 }],
  'embeddings/openai-base64-dimensions.json': ['embeddings', { input: 4 }],
  'embeddings/openai-float.json': ['embeddings', { input: 12 }],
  'images/openai-generation-b64.json': ['images', { images: 2 }],
  'images/openai-generation-stream.sse': ['images', { input: 50, output: 50, images: 1 }],
  'images/xai-generation-url.json': ['images', { images: 1 }],
  'moderations/openai-text-flagged.json': ['moderations', null],
  'moderations/openai-text.json': ['moderations', null],
  'openai-chat/legacy-completions-stream.sse': ['completions', { input: 14, output: 16 }],
  'rerank/cohere-v2.json': ['rerank', { requests: 1 }],
  'rerank/together.json': ['rerank', { input: 2966 }],
  'rerank/voyage.json': ['rerank', { input: 12 }],
};

const all = allRecordings();

function counted(usage: Usage | undefined, wanted: Counted): Counted {
  if (!usage) return {};
  const { seconds, images, requests } = usage;
  const read: Counted = { input: totalInput(usage), output: totalOutput(usage), seconds, images, requests };
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, read[name as keyof Counted]])); // its own key
}

function glimpses(
  recording: Pick<Recording, 'file' | 'provider' | 'stream'>,
  operation: Operation,
  protocol: Protocol,
): Glimpse[] {
  const wire = wireFor({ operation, protocol });
  const quirks = quirksFor({ provider: recording.provider, protocol });
  const bytes = bytesOf(recording);
  if (!recording.stream) return [wire.whole(parseJson(bytes.toString('utf8')), quirks)];
  const seen: Glimpse[] = [];
  let usage: Usage | undefined;
  const parser = new SseParser(({ event, data }) => {
    const glimpse = wire.event(parseJson(data), event, quirks, usage);
    usage = glimpse.usage ?? usage;
    seen.push(glimpse);
  });
  parser.push(bytes);
  parser.end();
  return seen;
}

describe('recorded answers besides chat are answers, and say what is billed', () => {
  if (all.length === 0) it.skip('there are no recordings here (RECORDED_DIR)', () => undefined);
  for (const recording of all) {
    const known = answers[recording.file];
    if (!known) continue;
    it(recording.file, () => {
      const [operation, wanted, protocol = 'openai-chat'] = known;
      const seen = glimpses(recording, operation, protocol);
      expect(seen.filter(({ error }) => error !== undefined)).toEqual([]);
      expect(seen.some(({ meaningful }) => meaningful)).toBe(true);
      const usage = seen.findLast((glimpse) => glimpse.usage !== undefined)?.usage;
      if (wanted) expect(counted(usage, wanted)).toEqual(wanted);
      else expect(usage).toBeUndefined();
    });
  }
});

/** What each failure means for the next step. */
const failures: Readonly<Record<string, string>> = {
  'errors/anthropic-401-invalid-key.json': 'credential_invalid',
  'errors/azure-chat-prompt-content-filter.json': 'content_policy',
  'errors/bedrock-403.json': 'forbidden',
  'errors/cohere-401.json': 'credential_invalid',
  'errors/gemini-400-invalid-key.json': 'credential_invalid',
  'errors/gemini-429-retry-info.json': 'rate_limited',
  'errors/groq-400-tool-use-failed.json': 'caller',
  'errors/mistral-401.json': 'credential_invalid',
  'errors/openai-chat-400-unsupported-param.json': 'caller',
  'errors/openai-responses-401-invalid-key.json': 'credential_invalid',
  'errors/openrouter-429.json': 'rate_limited',
};

describe('recorded failures are understood', () => {
  if (all.length === 0) it.skip('there are no recordings here (RECORDED_DIR)', () => undefined);
  for (const recording of all.filter(({ file }) => file in failures)) {
    it(recording.file, () => {
      const provider = findProvider(recording.provider) ?? {};
      const body = parseJson(bytesOf(recording).toString('utf8'));
      const status = recording.status ?? 500;
      expect(classifyUpstreamError({ provider, status, body }).kind).toBe(failures[recording.file]);
    });
  }
});

describe('recorded streams that fail in the middle do not end as answers', () => {
  const broken = recordings().filter(({ expected, stream }) => stream && expected.error !== undefined);
  if (all.length === 0) it.skip('there are no recordings here (RECORDED_DIR)', () => undefined);
  for (const recording of broken) {
    it(recording.file, () => {
      const decoder = upstreamFace(recording.protocol).decodeStream(quirksFor(recording));
      const parts: Part[] = [];
      const parser = new SseParser((event) => parts.push(...decoder.push(event)));
      parser.push(bytesOf(recording));
      parser.end();
      parts.push(...decoder.end());
      expect(parts.filter(({ kind }) => kind === 'error')).toHaveLength(1);
    });
  }
});

/** Not replayed; `docs/conversion.md` gives the reason of each. */
const left: ReadonlySet<string> = new Set([
  'audio/elevenlabs-transcription.json',
  'embeddings/gemini-batch-embed-contents.json',
  'embeddings/vertex-predict.json',
  'images/vertex-imagen-some-filtered.json',
  'openai-responses/input-tokens-count.json',
  'video/openai-sora-create.json',
  'video/replicate-prediction-created.json',
  'video/xai-done.json',
  'video/xai-pending-202.json',
  'video/xai-submit.json',
]);

it('no recording is forgotten', () => {
  const chats = new Set(recordings().map(({ file }) => file));
  const known = (file: string): boolean => chats.has(file) || file in answers || file in failures || left.has(file);
  expect(all.map(({ file }) => file).filter((file) => !known(file))).toEqual([]);
});
