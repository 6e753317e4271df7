import type { Usage } from '../chat/usage';
import type { Encoded } from '../chat/face';
import type { JsonObject } from '../json';

/** Pictures to be drawn from words, as a caller of OpenAI's asks for them. https://platform.openai.com/docs/api-reference/images/create */
export interface ImageRequest {
  readonly prompt: string;
  readonly count: number;
  /** In pixels; absent: the model's choice. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly format?: 'png' | 'jpeg' | 'webp';
  /** Percent, of `jpeg` and `webp`. */
  readonly compression?: number;
  /** How each picture is handed over; absent: as the upstream does. */
  readonly handOver?: 'url' | 'b64_json';
  /** One event instead of one body. */
  readonly stream: boolean;
  /** OpenAI's own wishes that no other model knows, by their names. */
  readonly others: readonly string[];
  /** Members that are none of OpenAI's: the model's own. */
  readonly own: JsonObject;
}

/** A picture's bytes in base64, or where they are. */
export interface Picture {
  readonly base64?: string;
  readonly url?: string;
  readonly mediaType?: string;
}

export interface ImageReply {
  readonly pictures: readonly Picture[];
  /** Absent: it counts no tokens, and pictures are what is billed. */
  readonly usage?: Usage;
  /** Why there are none. */
  readonly error?: JsonObject;
}

/** How a kind of model is asked to draw. Throws RelayError 400 for what it cannot do at all. */
export interface ImageDialect {
  encode(wanted: ImageRequest, model: string): Encoded;
  decode(answer: JsonObject): ImageReply;
}
