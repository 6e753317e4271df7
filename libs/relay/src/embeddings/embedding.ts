import type { Usage } from '../chat/usage';

/** Texts to be made vectors of, in no vendor's spelling. */
export interface EmbeddingRequest {
  readonly inputs: readonly string[];
  readonly dimensions?: number;
  /** The caller wants each vector as base64 of little-endian 32-bit floats. */
  readonly base64: boolean;
  /** Fields of the caller's that only its own protocol knows. */
  readonly dropped: readonly string[];
}

export interface EmbeddingReply {
  /** One for each input, in its order. */
  readonly vectors: readonly (readonly number[])[];
  readonly usage?: Usage;
}
