import { Global, Module } from '@nestjs/common';
import { Settings } from '@app/config';
import { ChangeBus } from '@app/platform/bus';
import { catalogue } from './catalogue';
import { ModelPriceRepository } from './model-price.repository';
import { PriceBook } from './price-book';
import { PriceService } from './price.service';

@Global()
@Module({
  providers: [
    ModelPriceRepository,
    PriceService,
    {
      provide: PriceBook,
      inject: [ModelPriceRepository, Settings, ChangeBus],
      useFactory: (repository: ModelPriceRepository, settings: Settings, bus: ChangeBus) =>
        new PriceBook(catalogue, repository, settings, bus).start(),
    },
  ],
  exports: [PriceBook, PriceService],
})
export class PricesModule {}
