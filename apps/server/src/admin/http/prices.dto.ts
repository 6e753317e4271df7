import { ApiExtraModels, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { Weekday } from '@app/billing';

// Documents what `readPrice` in @app/billing reads and refuses; amounts have at most 9 decimals, multipliers at most 6.

const named =
  (dto: () => new () => object): PropertyDecorator =>
  (target, key) =>
    ApiPropertyOptional({ type: 'object', additionalProperties: { $ref: getSchemaPath(dto()) } })(target, key);

/** USD: per million tokens, or for one request, image or second. What is left out falls back as described. */
export class RatesDto {
  inputPerMTok?: number;
  outputPerMTok?: number;
  /** Else as input. */
  cacheReadPerMTok?: number;
  /** Else as input. */
  cacheWritePerMTok?: number;
  /** Cache entries kept for an hour; else as other cache writes. */
  cacheWrite1hPerMTok?: number;
  /** Else as output. */
  reasoningPerMTok?: number;
  /** Else as input. */
  audioInPerMTok?: number;
  /** Else as output. */
  audioOutPerMTok?: number;
  /** Else as input. */
  imageInPerMTok?: number;
  /** Else as output. */
  imageOutPerMTok?: number;
  /** On top of the tokens. */
  perRequest?: number;
  perImage?: number;
  /** Of sound taken in or film made, on top of its tokens. */
  perSecond?: number;
  /** A million characters made into sound, on top of their tokens. */
  perMCharacters?: number;
}

/** Other rates for the whole call when its input is longer than `aboveTokens`. */
export class LongContextDto extends RatesDto {
  aboveTokens: number;
}

/** USD for one use of a tool that the upstream runs itself. */
export class ToolRatesDto {
  /** One search of the web. */
  webSearch?: number;
  /** One page read. */
  webFetch?: number;
  /** One question to a vector store. */
  fileSearch?: number;
  /** One container that ran code, however often. */
  codeExecution?: number;
  /** One query to Google's search (Gemini 3). */
  googleSearch?: number;
  /** One answer grounded by Google's search (Gemini 2). */
  groundedAnswer?: number;
}

/** Pictures or film of one size or quality, or both; the row that names most of what was made counts. */
export class MediaRatesDto {
  /** As the vendor writes it: `1024x1536`, `1080p`. */
  size?: string;
  /** `high`, `hd`. */
  quality?: string;
  perImage?: number;
  perSecond?: number;
}

/** What differs in some circumstance: the rates it names stand in place of the usual ones. */
export class RateChangeDto extends RatesDto {
  /** Of all rates. */
  multiplier?: number;
  longContext?: LongContextDto[];
  tools?: ToolRatesDto;
}

/** A part of the day with other rates, by the moment the call arrived. */
export class TimeWindowDto extends RateChangeDto {
  /** `16:30`, inclusive. */
  from: string;
  /** `00:30`, exclusive; at or before `from`: on the next day. */
  to: string;
  /** IANA name: `Asia/Shanghai`. */
  zone: string;
  /** Days on which it begins; left out: every day. */
  days?: Weekday[];
}

@ApiExtraModels(RateChangeDto)
export class PricesDto extends RatesDto {
  longContext?: LongContextDto[];
  tools?: ToolRatesDto;
  media?: MediaRatesDto[];
  /** By the word the upstream says it served the call as: `flex`, `priority`, `batch`. */
  @named(() => RateChangeDto) serviceTiers?: Record<string, RateChangeDto>;
  /** The first that holds the moment counts. */
  windows?: TimeWindowDto[];
  /** What the callers of a group pay instead; its multiplier (else 1) stands in place of the group's. */
  @named(() => RateChangeDto) groups?: Record<string, RateChangeDto>;
}
