import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { Optional, PlainText } from './validators';

/** `?page=1&pageSize=20&sort=-createdAt&q=text` */
export class PageQueryDto {
  @ApiPropertyOptional({ default: 1 })
  @Optional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  page: number = 1;

  @ApiPropertyOptional({ default: 20 })
  @Optional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  pageSize: number = 20;

  /** A field name, with `-` before it for descending order. */
  @Optional()
  @IsString()
  @Matches(/^-?[a-zA-Z]{1,40}$/, { message: 'sort is a field name, with - for descending' })
  sort?: string;

  @Optional() @IsString() @MaxLength(200) @PlainText() q?: string;
}

/** Extend it with `items: ThingDto[]`. */
export class PageDto {
  total: number;
  page: number;
  pageSize: number;
}

/** One page as an answer. */
export const pageOf = <T>(query: PageQueryDto, items: T[], total: number) => ({
  items,
  total,
  page: query.page,
  pageSize: query.pageSize,
});
