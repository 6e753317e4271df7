import { ArrayMaxSize, IsArray, IsInt, IsObject, IsString, Matches, Max, Min } from 'class-validator';
import { Name, Optional } from '../http';
import { PricesDto } from '../http/prices.dto';

export class PutModelDto {
  /** May be repeated here; must then be the one in the path. */
  @Optional() @IsString() id?: string;

  @Optional() @Name() owner?: string;

  /** Input or output that is left out is free. */
  @IsObject() prices: PricesDto;

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
