import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProvider, isUpstreamProtocol, type Quirks, quirksOf, type UpstreamProtocol } from '@app/providers';

/** What a reader must get out of a recorded answer; absent fields are not judged. */
export interface Expected {
  readonly text?: string;
  readonly reasoning?: string;
  readonly tool_calls?: readonly { readonly name: string; readonly arguments: unknown }[];
  /** `null`: only that it ends. */
  readonly finish?: string | null;
  /** Inclusive: cached input inside `input`, reasoning inside `output`. */
  readonly usage?: { readonly input: number; readonly output: number };
  readonly error?: unknown;
}

export interface Recording {
  readonly file: string;
  readonly provider: string;
  readonly protocol: UpstreamProtocol;
  readonly stream: boolean;
  readonly status?: number;
  readonly expected: Expected;
}

/** Where the recordings lie; they keep their own licences and are not part of this repository. */
const folder = process.env.RECORDED_DIR ?? resolve(__dirname, '../../../shared/fixtures');

/** The index has names of its own; what Bedrock answered through InvokeModel is the model's own protocol. */
const named: Readonly<Record<string, string>> = {
  'bedrock-invoke': 'anthropic-messages',
  'cohere-v2-chat': 'cohere-chat',
};

type Indexed = Omit<Recording, 'protocol'> & { readonly protocol: string };

/** Everything that is recorded. Empty where there is no folder. */
export function allRecordings(): Indexed[] {
  const index = join(folder, 'INDEX.json');
  return existsSync(index) ? (JSON.parse(readFileSync(index, 'utf8')) as Indexed[]) : [];
}

/** Recorded answers of chat, errors apart. */
export function recordings(): Recording[] {
  return allRecordings().flatMap((recording) => {
    const protocol = named[recording.protocol] ?? recording.protocol;
    return isUpstreamProtocol(protocol) && !recording.file.startsWith('errors/') ? [{ ...recording, protocol }] : [];
  });
}

export const bytesOf = ({ file }: Pick<Recording, 'file'>): Buffer => readFileSync(join(folder, file));

/** The index names vendors in full; our records have short ids. */
const providerIds: Readonly<Record<string, string>> = {
  'amazon-bedrock': 'bedrock',
  'google-gemini-api': 'gemini',
  'google-vertex': 'gemini',
  moonshotai: 'moonshot',
};

export function quirksFor({ provider, protocol }: Pick<Recording, 'provider' | 'protocol'>): Quirks {
  const record = findProvider(providerIds[provider] ?? provider) ?? findProvider('openai-compatible');
  if (!record) throw new Error('the registry has no openai-compatible provider');
  return quirksOf(record, protocol);
}
