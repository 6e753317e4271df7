import { Injectable } from '@nestjs/common';
import { userWallet, WalletService, type WalletView } from '@app/billing';
import { nanoToUsd } from '@app/core';
import type { SignedIn, User } from '@app/users';
import { iso } from './times';
import type { SignedInDto, UserDto } from './user.dto';

/** Accounts with their money, as they are shown. */
@Injectable()
export class UserMapper {
  constructor(private readonly wallets: WalletService) {}

  async all(users: readonly User[]): Promise<UserDto[]> {
    const wallets = await this.wallets.balances(users.map(({ id }) => userWallet(id)));
    return users.map((user) => userDto(user, wallets.get(userWallet(user.id))));
  }

  async one(user: User): Promise<UserDto> {
    const wallets = await this.wallets.balances([userWallet(user.id)]);
    return userDto(user, wallets.get(userWallet(user.id)));
  }

  async signedIn({ user, accessToken, accessSeconds }: SignedIn): Promise<SignedInDto> {
    return { accessToken, expiresIn: accessSeconds, user: await this.one(user) };
  }
}

const userDto = (user: User, wallet?: WalletView): UserDto => ({
  id: user.id,
  username: user.username,
  email: user.email,
  role: user.role,
  status: user.status,
  group: user.group,
  balanceUsd: nanoToUsd(wallet?.fundsNano ?? 0),
  usedUsd: nanoToUsd(wallet?.spentNano ?? 0),
  requestCount: wallet?.requestCount ?? 0,
  createdAt: iso(user.createdAt),
});
