import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsObject, IsString, MaxLength, ValidateIf } from 'class-validator';
import { type ComparedModel, type ListFormat, listFormats } from '@app/billing';
import { Name, Optional, PlainText } from '../http';
import { PricesDto } from '../http/prices.dto';

/** What a price is made of, at the ends of its branches. */
const figure = { oneOf: [{ type: 'number' }, { type: 'string' }] };
const anyJson = { type: 'object', additionalProperties: true } as const;

/** A list by its address, or the list itself; exactly one of the two. */
export class ComparePricesDto {
  /** `http` or `https`. Addresses of private networks are refused unless `billing.importFromPrivate` allows them. */
  @ValidateIf(({ document }: ComparePricesDto) => document === undefined)
  @IsString()
  @MaxLength(2_000)
  @ApiPropertyOptional()
  url?: string;

  /** The content of a price file, up to 16 MiB. */
  @Optional() @IsObject() @ApiPropertyOptional(anyJson) document?: Record<string, unknown>;

  /** What the prices are marked with; left out: the address, or the format of the file. */
  @Optional() @Name(200) name?: string;

  /** A personal access token of another One API, sent to `url` and not kept. */
  @Optional() @IsString() @MaxLength(1_000) @PlainText() token?: string;

  /** Only these vendors, by the list's names for them; of two that name one model, the first counts. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  vendors?: string[];
}

export class ImportPricesDto extends ComparePricesDto {
  /** Ids of new and changed models, or `all` of them. */
  @ValidateIf(({ take }: ImportPricesDto) => take !== 'all')
  @IsArray()
  @ArrayMaxSize(20_000)
  @IsString({ each: true })
  @ApiProperty({
    oneOf: [
      { type: 'string', enum: ['all'] },
      { type: 'array', items: { type: 'string' } },
    ],
  })
  take: 'all' | string[];

  /** Ids of models that are gone from the list and whose prices are to be taken back. */
  @Optional() @IsArray() @ArrayMaxSize(20_000) @IsString({ each: true }) remove?: string[];

  /** Of the comparison; the import is refused with 409 where list or prices have changed since. */
  @Optional() @IsString() @MaxLength(100) digest?: string;
}

export class PriceDifferenceDto {
  /** `inputPerMTok`, `longContext.0.inputPerMTok`. */
  path: string;
  /** Left out where the price in force says nothing. */
  @ApiPropertyOptional(figure) before?: unknown;
  /** Left out where the list says nothing. */
  @ApiPropertyOptional(figure) after?: unknown;
}

export class ComparedPriceDto {
  id: string;
  /** `gone`: taken over from this list before, and no longer in it. */
  kind: ComparedModel['kind'];
  owner: string | null;
  /** Whose price is in force; null: nobody's. */
  origin: 'catalogue' | 'operator' | null;
  before: PricesDto | null;
  after: PricesDto | null;
  differences: PriceDifferenceDto[];
}

export class BadPriceRowDto {
  row: string;
  reason: string;
}

export class ComparedPricesDto {
  @ApiProperty({ enum: listFormats }) format: ListFormat;
  /** What the prices will be marked with. */
  source: string;
  /** Repeat it with the import. */
  digest: string;
  /** New, changed and gone models, by name. */
  items: ComparedPriceDto[];
  /** Models whose price is the same. */
  equal: number;
  /** Rows that name a model another row goes before with. */
  shadowed: number;
  /** Rows that cannot be taken over, at most 500 of them. */
  bad: BadPriceRowDto[];
  badCount: number;
  vendors: readonly string[];
}

export class ImportedPricesDto {
  source: string;
  taken: number;
  removed: number;
  /** Rows of the list that could not be taken over. */
  bad: number;
}

export class ListedModelDto {
  id: string;
  owner: string | null;
  prices: PricesDto;
  contextWindow: number | null;
  endpoints: string[];
}

export class PriceListDto {
  @ApiProperty({ enum: ['one-api.prices'] }) format: 'one-api.prices';
  version: number;
  exportedAt: string;
  models: ListedModelDto[];
}
