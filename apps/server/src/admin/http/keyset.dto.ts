import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Optional, PlainText } from './validators';

/** `?limit=50&cursor=…` */
export class KeysetQueryDto {
  @ApiPropertyOptional({ default: 50 })
  @Optional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  /** `nextCursor` of the page before. */
  @Optional() @IsString() @MaxLength(200) @PlainText() cursor?: string;
}

/** Extend it with `items: ThingDto[]`. */
export class KeysetPageDto {
  /** `null` on the last page. */
  nextCursor: string | null;
}
