import { Body, Get, Header, HttpCode, Post } from '@nestjs/common';
import { exportOf, PriceBook, PriceImportService } from '@app/billing';
import { Groups, type Principal } from '@app/users';
import { AdminController, CurrentUser, From, LargeBody, type Origin, Roles } from '../http';
import { calculation } from './calculate';
import { CalculatePriceDto, CalculationDto } from './calculate.dto';
import { ComparedPricesDto, ComparePricesDto, ImportedPricesDto, ImportPricesDto, PriceListDto } from './prices.dto';
import { comparedDto, sourceOf } from './prices.mapper';

/** Price lists: taken over from others, given to others, and tried out. Single prices are at `/api/models`. */
@AdminController('prices')
export class PricesController {
  constructor(
    private readonly book: PriceBook,
    private readonly imports: PriceImportService,
    private readonly groups: Groups,
  ) {}

  /** All prices in force as a file that `compare` and `import` take, here or on another One API. */
  @Get('export')
  @Header('content-disposition', 'attachment; filename="prices.json"')
  export(): PriceListDto {
    // The form's members are those of the DTO, which documents them.
    return exportOf(this.book.list(), Date.now()) as unknown as PriceListDto;
  }

  /**
   * A price list beside the prices in force; changes nothing. Lists of One API, of LiteLLM (`model_prices_and_context_window.json`), of
   * models.dev (`api.json`) and `/api/pricing` of gateways with ratios are known.
   */
  @Post('compare')
  @HttpCode(200)
  @Roles('admin')
  @LargeBody()
  async compare(@Body() body: ComparePricesDto): Promise<ComparedPricesDto> {
    return comparedDto(await this.imports.compare(sourceOf(body)));
  }

  /** Takes over what was chosen of a comparison: all of it or, where anything is wrong, nothing. In force within a second. */
  @Post('import')
  @HttpCode(200)
  @Roles('admin')
  @LargeBody()
  async import(@Body() body: ImportPricesDto, @From() origin: Origin): Promise<ImportedPricesDto> {
    const { take, remove, digest } = body;
    return this.imports.apply(sourceOf(body), { take, remove, digest }, origin);
  }

  /** What a call would cost, by the same arithmetic as calls are charged with. Others' groups are for administrators. */
  @Post('calculate')
  @HttpCode(200)
  calculate(@Body() body: CalculatePriceDto, @CurrentUser() actor: Principal): CalculationDto {
    return calculation(body, actor, { book: this.book, groups: this.groups });
  }
}
