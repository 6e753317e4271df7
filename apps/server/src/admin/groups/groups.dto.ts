import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsObject, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { affinities, type Affinity, routingLimits, routingStrategies, type RoutingStrategy } from '@app/users';
import { Optional } from '../http';

const MAX_LIMIT = 1_000_000_000;

const chains = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } } as const;

/** What is left out is the plain way. */
export class PutGroupRoutingDto {
  /** Among channels of the same priority: by weight, who has the least to do, who begins to answer soonest, who costs least. */
  @ApiPropertyOptional({ enum: routingStrategies, enumName: 'RoutingStrategy' })
  @Optional()
  @IsIn(routingStrategies)
  strategy?: RoutingStrategy;

  /** Calls that stay with one channel, for its prompt cache: none, those of a named session, also those that begin alike. */
  @ApiPropertyOptional({ enum: affinities, enumName: 'RoutingAffinity' })
  @Optional()
  @IsIn(affinities)
  affinity?: Affinity;

  /** A second channel is asked when the first has not begun to answer after so many milliseconds. Null: never. */
  @IsOptional() @IsInt() @Min(routingLimits.hedgeMin) @Max(routingLimits.hedgeMax) hedgeAfterMs?: number | null;

  /** Model → models that stand in for it, in this order, when nobody serves it or everybody fails; `*`: any other model. */
  @ApiPropertyOptional(chains)
  @Optional()
  @IsObject()
  fallbacks?: Record<string, string[]>;
}

export class GroupRoutingDto {
  @ApiProperty({ enum: routingStrategies, enumName: 'RoutingStrategy' })
  strategy: RoutingStrategy;

  @ApiProperty({ enum: affinities, enumName: 'RoutingAffinity' })
  affinity: Affinity;

  hedgeAfterMs: number | null;

  @ApiProperty(chains)
  fallbacks: Record<string, string[]>;
}

export class PutGroupDto {
  /** What prices are multiplied with; at most 6 decimals. */
  @IsNumber({ allowInfinity: false, allowNaN: false }) @Min(0) @Max(1000) priceMultiplier: number;

  /** Requests per minute of each user, over all their keys. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) rpm?: number | null;

  /** Tokens per minute of each user. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) tpm?: number | null;

  /** Requests of each user at the same time. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_LIMIT) concurrency?: number | null;

  @Optional() @IsObject() @ValidateNested() @Type(() => PutGroupRoutingDto) routing?: PutGroupRoutingDto;
}

export class GroupDto {
  name: string;

  priceMultiplier: number;

  rpm: number | null;

  tpm: number | null;

  concurrency: number | null;

  routing: GroupRoutingDto;
}

export class GroupListDto {
  items: GroupDto[];
}
