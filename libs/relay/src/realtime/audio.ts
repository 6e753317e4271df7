import { isObject, textAt } from '../json';

/** How many bytes a second of sound takes. */
export type BytesPerSecond = number;

/** 16 bits at 24 kHz: what a session speaks and hears unless it says otherwise. */
export const PCM16: BytesPerSecond = 48_000;
const G711: BytesPerSecond = 8_000;

/** `{type: 'audio/pcmu'}` since the general release, `'g711_ulaw'` before it. */
export function formatOf(format: unknown): BytesPerSecond | undefined {
  const name = isObject(format) ? textAt(format, 'type') : format;
  if (typeof name !== 'string') return undefined;
  return /pcmu|pcma|g711/.test(name) ? G711 : PCM16;
}

// https://platform.openai.com/docs/guides/realtime-costs: 100 ms of the user's speech are a token, 50 ms of the assistant's.
const HEARD_PER_SECOND = 10;
const SPOKEN_PER_SECOND = 20;

/** Base64 spends four characters on three bytes. */
const secondsOf = (base64Length: number, format: BytesPerSecond): number => (base64Length * 0.75) / format;

export const heardTokens = (base64Length: number, format: BytesPerSecond): number =>
  secondsOf(base64Length, format) * HEARD_PER_SECOND;

export const spokenTokens = (base64Length: number, format: BytesPerSecond): number =>
  secondsOf(base64Length, format) * SPOKEN_PER_SECOND;

export const tokensOfSeconds = (seconds: number): number => Math.ceil(Math.max(0, seconds) * HEARD_PER_SECOND);
