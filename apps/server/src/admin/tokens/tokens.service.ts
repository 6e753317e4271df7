import { Injectable } from '@nestjs/common';
import { type BudgetPeriod, keyWallet, WalletService } from '@app/billing';
import { usdToNano } from '@app/core';
import { type Actor, type ApiKey, ApiKeyService, type IssuedKey } from '@app/users';
import type { CreateTokenDto, UpdateTokenDto } from './tokens.dto';
import { termsOf } from './tokens.mapper';

interface Budget {
  readonly nano: number | null;
  readonly period: BudgetPeriod;
}

/** Keys and their budgets together: what a key may do is known to `@app/users`, what it may spend to `@app/billing`. */
@Injectable()
export class TokenService {
  constructor(
    private readonly keys: ApiKeyService,
    private readonly wallets: WalletService,
  ) {}

  create(actor: Actor, body: CreateTokenDto): Promise<IssuedKey> {
    const {
      name,
      expiresAt = null,
      models = null,
      allowedIps = null,
      group = null,
      ...limits
    } = { ...termsOf(body), name: body.name };
    const { rpm = null, tpm = null, concurrency = null } = limits;
    const budget = nanoOf(body.budgetUsd);
    const terms = { name, expiresAt, models, allowedIps, group, rpm, tpm, concurrency, budgeted: budget !== null };
    return this.keys.create(actor, terms, (manager, { id }) =>
      this.wallets.open({ walletId: keyWallet(id), fundsNano: budget, period: body.budgetPeriod }, manager),
    );
  }

  async update(actor: Actor, id: string, body: UpdateTokenDto): Promise<ApiKey> {
    await this.keys.assertManageable(actor, id);
    const budget = await this.budget(id, body);
    const budgeted = budget && { budgeted: budget.nano !== null };
    const terms = { ...termsOf(body), status: body.status, ...budgeted };
    // Two steps, so the stricter one goes first: a crash in between leaves a key that may spend too little, never too much.
    if (budget && budget.nano !== null) await this.wallets.setBudget(id, budget.nano, budget.period);
    const key = await this.keys.update(actor, id, terms);
    if (budget?.nano === null) await this.wallets.setBudget(id, null, budget.period);
    return key;
  }

  /** The whole budget a body amounts to: what it leaves out stays. Undefined when it says nothing about it. */
  private async budget(id: string, { budgetUsd, budgetPeriod }: UpdateTokenDto): Promise<Budget | undefined> {
    if (budgetUsd === undefined && budgetPeriod === undefined) return undefined;
    const wallet = (await this.wallets.balances([keyWallet(id)])).get(keyWallet(id));
    return {
      nano: budgetUsd === undefined ? (wallet?.budgetNano ?? null) : nanoOf(budgetUsd),
      period: budgetPeriod ?? wallet?.period ?? 'none',
    };
  }
}

const nanoOf = (usd: number | null | undefined): number | null => (usd == null ? null : usdToNano(usd));
