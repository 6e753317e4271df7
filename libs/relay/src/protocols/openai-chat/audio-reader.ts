import type { AudioBlock } from '../../chat/blocks';
import { type JsonObject, numberAt, textAt } from '../../json';
import { sniffAudio } from './media';

/** A spoken answer, put together from its pieces: `id`, then `transcript` and `data` in turns, then `expires_at`. */
export class AudioReader {
  private id: string | undefined;
  private expiresAt: number | undefined;
  private data: string[] = [];
  private transcript = '';

  read(audio: JsonObject): void {
    this.id = textAt(audio, 'id') || this.id;
    this.expiresAt = numberAt(audio, 'expires_at') || this.expiresAt;
    this.transcript += textAt(audio, 'transcript') ?? '';
    const data = textAt(audio, 'data');
    if (data) this.data.push(data);
  }

  /** The whole of it; undefined when nothing was said. */
  take(): AudioBlock | undefined {
    const { id, expiresAt, transcript } = this;
    const data = joined(this.data);
    this.data = [];
    this.transcript = '';
    if (!data && !transcript) return undefined;
    return {
      kind: 'audio',
      source: { kind: 'data', mediaType: sniffAudio(data), data },
      ...(transcript ? { transcript } : {}),
      ...(id ? { id } : {}),
      ...(expiresAt ? { expiresAt } : {}),
    };
  }
}

/** Each piece is base64 of its own; padding in the middle would end the whole. */
function joined(pieces: readonly string[]): string {
  if (pieces.slice(0, -1).some((piece) => piece.endsWith('='))) {
    return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64');
  }
  return pieces.join('');
}
