import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { WalletService } from '@app/billing';
import { DomainError, NANO_PER_USD } from '@app/core';
import { AuditLog } from '@app/logs';
import { ENV, type Env } from '@app/platform/env';
import { type Credentials, type User, UserService } from '@app/users';

/** What root finds in its balance, so that the first call works before anybody has thought about money. */
const OPENING_CREDIT_NANO = 1_000 * NANO_PER_USD;

/** The first account: made by whoever comes first, or by the environment before anybody can come. */
@Injectable()
export class SetupService implements OnApplicationBootstrap {
  private readonly logger = new Logger('Setup');

  constructor(
    private readonly users: UserService,
    private readonly wallets: WalletService,
    private readonly audit: AuditLog,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** Runs before the server listens. A wrong name or password stops the boot. */
  async onApplicationBootstrap(): Promise<void> {
    const { rootUsername: username, rootPassword: password } = this.env;
    if (!username || !password || (await this.users.isInitialized())) return;
    try {
      const user = await this.createRoot({ username, password }, null);
      this.logger.log(`root account ${user.username} created from ROOT_USERNAME`);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.code === 'conflict') return; // another node was faster
      throw new Error(`ROOT_USERNAME, ROOT_PASSWORD: ${error.message}. Correct them or unset both.`, { cause: error });
    }
  }

  /** Once; `conflict` ever after. */
  async createRoot(credentials: Credentials, ip: string | null): Promise<User> {
    const credit = { amountNano: OPENING_CREDIT_NANO, kind: 'topup', reason: 'opening credit', actorId: null } as const;
    const user = await this.users.createRoot(credentials, async (manager, { id: userId }) => {
      await this.wallets.book({ userId, ...credit }, manager);
    });
    const { id: userId, username } = user;
    await this.audit.record({
      actorId: userId,
      ip,
      action: 'setup.complete',
      target: `user:${userId}`,
      changes: { username },
    });
    return user;
  }
}
