/**
 * billing: what calls cost and who pays. Prices; wallets (balances and key budgets) with allowances leased to nodes; holds;
 * settlement through the journal into usage log, ledger and wallets; recovery after a crash.
 */
import { Billing1764000000003 } from './migrations/1764000000003-billing';
import { Reconciliation1764000000333 } from './migrations/1764000000333-reconciliation';
import { priceEntities, priceMigrations } from './prices';
import { ReconciliationReport } from './reconciliation/reconciliation-report.entity';
import { Allowance, Wallet } from './wallets/wallet.entity';

export * from './billing.errors';
export * from './billing.module';
export * from './prices';
export { IllegalTransition, type SettlementState, transitions } from './settlement/settlement-state';
export { Reconciliation } from './reconciliation/reconciliation.service';
export { type Difference, ReconciliationReport } from './reconciliation/reconciliation-report.entity';
export { SettlementWriter } from './settlement/settlement.writer';
export type { OpenCall } from './settlement/records';
export { Hold, HoldService, type HoldOrder } from './wallets/holds.service';
export { keyWallet, userWallet, WalletService, type Adjustment, type WalletView } from './wallets/wallet.service';
export type { BudgetPeriod } from './wallets/wallet.entity';

export const billingEntities = [Wallet, Allowance, ReconciliationReport, ...priceEntities];
export const billingMigrations = [Billing1764000000003, Reconciliation1764000000333, ...priceMigrations];
