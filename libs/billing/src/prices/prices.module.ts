import { Global, Module } from '@nestjs/common';
import { Settings } from '@app/config';
import { LogsModule } from '@app/logs';
import { ChangeBus } from '@app/platform/bus';
import { catalogue } from './catalogue';
import { PriceImportService } from './import';
import { ModelPriceRepository } from './model-price.repository';
import { PriceBook } from './price-book';
import { PriceService } from './price.service';

@Global()
@Module({
  imports: [LogsModule],
  providers: [
    ModelPriceRepository,
    PriceService,
    PriceImportService,
    {
      provide: PriceBook,
      inject: [ModelPriceRepository, Settings, ChangeBus],
      useFactory: (repository: ModelPriceRepository, settings: Settings, bus: ChangeBus) =>
        new PriceBook(catalogue, repository, settings, bus).start(),
    },
  ],
  exports: [PriceBook, PriceService, PriceImportService],
})
export class PricesModule {}
