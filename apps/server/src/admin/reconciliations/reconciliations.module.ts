import { BillingModule } from '@app/billing';
import { Module } from '@nestjs/common';
import { ReconciliationsController } from './reconciliations.controller';

@Module({ imports: [BillingModule], controllers: [ReconciliationsController] })
export class ReconciliationsAdminModule {}
