import { Injectable } from '@nestjs/common';
import { keyWallet, WalletService, type WalletView } from '@app/billing';
import { nanoToUsd } from '@app/core';
import type { ApiKey, ApiKeyTerms } from '@app/users';
import { iso, isoOrNull } from '../http';
import type { CreateTokenDto, TokenDto } from './tokens.dto';

/** Keys with what they have spent, as they are shown. */
@Injectable()
export class TokenMapper {
  constructor(private readonly wallets: WalletService) {}

  async all(keys: readonly ApiKey[]): Promise<TokenDto[]> {
    const wallets = await this.wallets.balances(keys.map(({ id }) => keyWallet(id)));
    return keys.map((key) => tokenDto(key, wallets.get(keyWallet(key.id))));
  }

  async one(key: ApiKey): Promise<TokenDto> {
    const wallets = await this.wallets.balances([keyWallet(key.id)]);
    return tokenDto(key, wallets.get(keyWallet(key.id)));
  }
}

/** The terms a body names, money apart. Absent stays absent. */
export function termsOf({ expiresAt, ...body }: Partial<CreateTokenDto>): Partial<Omit<ApiKeyTerms, 'budgeted'>> {
  const { name, models, allowedIps, group, rpm, tpm, concurrency } = body;
  return {
    name,
    models,
    allowedIps,
    group,
    rpm,
    tpm,
    concurrency,
    expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt,
  };
}

const tokenDto = (key: ApiKey, wallet?: WalletView): TokenDto => ({
  id: key.id,
  userId: key.userId,
  name: key.name,
  status: key.status,
  keyPreview: key.keyPreview,
  expiresAt: isoOrNull(key.expiresAt),
  budgetUsd: wallet?.budgetNano == null ? null : nanoToUsd(wallet.budgetNano),
  budgetPeriod: wallet?.period ?? 'none',
  usedUsd: nanoToUsd(wallet?.spentNano ?? 0),
  models: [...(key.models ?? [])],
  allowedIps: [...(key.allowedIps ?? [])],
  group: key.group,
  rpm: key.rpm,
  tpm: key.tpm,
  concurrency: key.concurrency,
  lastUsedAt: isoOrNull(key.lastUsedAt),
  createdAt: iso(key.createdAt),
});
