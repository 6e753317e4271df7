import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsInt, IsNumber, IsObject, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { IsoTime, Optional, PlainText } from '../http';
import { ChargeDto } from '../http/charge.dto';
import { PricesDto } from '../http/prices.dto';

const Count = () => (target: object, key: string) => {
  Optional()(target, key);
  IsInt()(target, key);
  Min(0)(target, key);
  Max(1_000_000_000)(target, key);
};

/** What a call used, in disjoint buckets: a token is counted in exactly one of them. */
export class UsageToPriceDto {
  /** Fresh input: neither read from nor written to a cache. */
  @Count() input?: number;
  @Count() cacheRead?: number;
  /** Kept for minutes. */
  @Count() cacheWrite?: number;
  /** Kept for an hour. */
  @Count() cacheWrite1h?: number;
  /** Without reasoning. */
  @Count() output?: number;
  @Count() reasoning?: number;
  @Count() audioIn?: number;
  @Count() audioOut?: number;
  @Count() imageIn?: number;
  @Count() imageOut?: number;
  /** Pictures made. */
  @Count() images?: number;
  /** Of sound taken in or film made. */
  @Count() seconds?: number;
  /** Made into sound. */
  @Count() characters?: number;
  /** 1 unless said. */
  @Count() requests?: number;
  /** Uses of tools, by the names prices have for them: `{"webSearch": 2}`. */
  @Optional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'integer' } })
  tools?: Record<string, number>;
  /** Of the pictures or the film. */
  @Optional() @IsString() @MaxLength(40) size?: string;
  @Optional() @IsString() @MaxLength(40) quality?: string;
  /** As what the upstream served the call: `flex`, `priority`. */
  @Optional() @IsString() @MaxLength(40) serviceTier?: string;
}

/** Either a model, at its price in force, or `prices` that are not set yet. */
export class CalculatePriceDto {
  @Optional() @IsString() @MaxLength(300) @PlainText() model?: string;

  @Optional() @IsObject() prices?: PricesDto;

  /** Left out: the caller's own. */
  @Optional() @IsString() @MaxLength(64) @PlainText() group?: string;

  /** In place of the group's multiplier. */
  @Optional() @IsNumber({ allowInfinity: false, allowNaN: false }) @Min(0) @Max(1_000) multiplier?: number;

  /** When the call arrives; left out: now. */
  @Optional() @IsoTime() at?: string;

  @IsDefined() @IsObject() @ValidateNested() @Type(() => UsageToPriceDto) usage: UsageToPriceDto;
}

export class CalculationDto extends ChargeDto {
  costUsd: number;
}
