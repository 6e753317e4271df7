import type { Operation } from '@app/providers';
import type { Usage } from '../chat/usage';
import type { JsonObject } from '../json';

/** Texts to be made vectors of, in no vendor's spelling. */
export interface EmbeddingRequest {
  readonly inputs: readonly string[];
  readonly dimensions?: number;
  /** What the vectors are for, in Google's words (`RETRIEVAL_QUERY`). */
  readonly task?: string;
  /** The caller wants each vector as base64 of little-endian 32-bit floats. */
  readonly base64: boolean;
  /** Fields of the caller's that only its own protocol knows. */
  readonly dropped: readonly string[];
}

/** How a kind of model is asked for vectors. */
export interface EmbeddingDialect {
  readonly operation: Operation;
  /** Inputs it takes in one call. */
  readonly most: number;
  /** It takes what the vectors are for. */
  readonly saysTask: boolean;
  encode(inputs: readonly string[], wanted: EmbeddingRequest, model: string): JsonObject;
  decode(answer: JsonObject): EmbeddingReply;
}

export interface EmbeddingReply {
  /** One for each input, in its order. */
  readonly vectors: readonly (readonly number[])[];
  readonly usage?: Usage;
}
