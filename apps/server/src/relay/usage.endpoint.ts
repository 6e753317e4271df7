import { keyWallet, userWallet, WalletService } from '@app/billing';
import { nanoToUsd } from '@app/core';
import { Injectable } from '@nestjs/common';
import type { KnownCaller } from './authenticator';
import type { Call } from './relay.listener';
import { sendJson } from './send';

/** What is left for the key that asks. */
@Injectable()
export class UsageEndpoint {
  constructor(private readonly wallets: WalletService) {}

  readonly serve = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    const user = userWallet(caller.userId);
    const key = keyWallet(caller.keyId);
    const wallets = await this.wallets.balances([user, key]);
    const budget = wallets.get(key)?.budgetNano;
    sendJson(call, 200, {
      balanceUsd: nanoToUsd(wallets.get(user)?.fundsNano ?? 0),
      budgetUsd: budget == null ? null : nanoToUsd(budget),
      usedUsd: nanoToUsd(wallets.get(key)?.spentNano ?? 0),
      expiresAt: caller.expiresAt === null ? null : new Date(caller.expiresAt).toISOString(),
    });
  };
}
