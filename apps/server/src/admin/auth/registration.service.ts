import { Injectable } from '@nestjs/common';
import { userWallet, WalletService } from '@app/billing';
import { Settings } from '@app/config';
import { DomainError } from '@app/core';
import { AuditLog } from '@app/logs';
import { type Credentials, LoginThrottle, type User, UserService, usersSettings } from '@app/users';

/** Accounts people make for themselves. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly settings: Settings,
    private readonly throttle: LoginThrottle,
    private readonly users: UserService,
    private readonly wallets: WalletService,
    private readonly audit: AuditLog,
  ) {}

  async register(credentials: Credentials, ip: string): Promise<User> {
    if (!this.settings.get(usersSettings.registrationEnabled)) {
      throw new DomainError('forbidden', 'registration is closed: ask an administrator for an account');
    }
    this.throttle.admitRegistration(ip);
    const user = await this.users.register(credentials, (manager, { id }) =>
      this.wallets.open({ walletId: userWallet(id), fundsNano: 0 }, manager),
    );
    const { id, username, email } = user;
    await this.audit.record({
      actorId: id,
      ip,
      action: 'user.register',
      target: `user:${id}`,
      changes: { username, email },
    });
    return user;
  }
}
