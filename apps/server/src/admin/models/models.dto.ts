import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Name, Optional, Usd } from '../http';

const MOST_USD = 1_000_000;
const Rate = () => Usd(0, MOST_USD);

/** USD: per million tokens, or for one request or image. What is left out falls back as described. */
export class RatesDto {
  @Optional() @Rate() inputPerMTok?: number;
  @Optional() @Rate() outputPerMTok?: number;
  /** Else as input. */
  @Optional() @Rate() cacheReadPerMTok?: number;
  /** Else as input. */
  @Optional() @Rate() cacheWritePerMTok?: number;
  /** Cache entries kept for an hour; else as other cache writes. */
  @Optional() @Rate() cacheWrite1hPerMTok?: number;
  /** Else as output. */
  @Optional() @Rate() reasoningPerMTok?: number;
  /** Else as input. */
  @Optional() @Rate() audioInPerMTok?: number;
  /** Else as output. */
  @Optional() @Rate() audioOutPerMTok?: number;
  /** Else as input. */
  @Optional() @Rate() imageInPerMTok?: number;
  /** Else as output. */
  @Optional() @Rate() imageOutPerMTok?: number;
  /** On top of the tokens. */
  @Optional() @Rate() perRequest?: number;
  @Optional() @Rate() perImage?: number;
  /** Of sound taken in, on top of its tokens. */
  @Optional() @Rate() perSecond?: number;
  /** A million characters made into sound, on top of their tokens. */
  @Optional() @Rate() perMCharacters?: number;
}

/** Other rates for the whole call when its input is longer than `aboveTokens`. */
export class LongContextDto extends RatesDto {
  @IsInt() @Min(1) @Max(1_000_000_000) aboveTokens: number;
}

export class PricesDto extends RatesDto {
  @Optional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => LongContextDto)
  longContext?: LongContextDto[];
}

export class PutModelDto {
  /** May be repeated here; must then be the one in the path. */
  @Optional() @IsString() id?: string;

  @Optional() @Name() owner?: string;

  /** Input or output that is left out is free. */
  @IsDefined() @IsObject() @ValidateNested() @Type(() => PricesDto) prices: PricesDto;

  /** Tokens. */
  @Optional() @IsInt() @Min(1) @Max(1_000_000_000) contextWindow?: number;

  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(/^[a-z0-9_./-]{1,60}$/, { each: true })
  endpoints?: string[];
}

export class ModelDto {
  /** The model's name, or a prefix of names with `*` at its end. */
  id: string;
  owner: string | null;
  prices: PricesDto;
  contextWindow: number | null;
  endpoints: readonly string[];
  /** `catalogue`: the built-in list price. `operator`: set here. */
  origin: 'catalogue' | 'operator';
  /** The page a list price was taken from, and when. */
  source: string | null;
  sourceDate: string | null;
}

export class ModelListDto {
  items: ModelDto[];
}
