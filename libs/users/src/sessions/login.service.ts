import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/core';
import { PasswordHasher } from '../users/password-hasher';
import { UserRepository } from '../users/user.repository';
import { knownUsername } from '../users/username';
import { LoginThrottle } from './login-throttle';
import { type Client, type Principal, type SignedIn, SessionService } from './session.service';

/** Passwords in, sessions out. */
@Injectable()
export class LoginService {
  constructor(
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly sessions: SessionService,
  ) {}

  /** The same error, after the same work, whether the name, the password or the account's state is what is wrong. */
  async login(username: string, password: string, client: Client): Promise<SignedIn> {
    const name = knownUsername(username);
    const attempt = this.throttle.begin(name ?? '(not a name)', client.ip);
    const stored = name === null ? null : await this.users.credentials({ username: name });
    const matches = await this.hasher.verify(stored?.passwordHash ?? null, password);
    if (!matches || stored === null || stored.user.status !== 'active') {
      throw new DomainError('unauthorized', 'wrong username or password');
    }
    attempt.succeeded();
    return this.sessions.open(stored.user, client);
  }

  /** Asks a signed-in user for the password again. A stolen session must not be a way to guess it, so tries are counted. */
  async confirm({ userId, username }: Principal, password: string, ip: string): Promise<void> {
    const attempt = this.throttle.begin(username, ip);
    const stored = await this.users.credentials({ id: userId });
    if (!(await this.hasher.verify(stored?.passwordHash ?? null, password))) {
      throw new DomainError('forbidden', 'the current password is not right', {
        errors: [{ path: 'currentPassword', message: 'is not right' }],
      });
    }
    attempt.succeeded();
  }
}
