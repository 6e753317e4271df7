import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CLOCK, type Clock, conflict, newId, notFound } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { isUniqueViolation } from '@app/platform/database';
import { DEFAULT_GROUP } from '../groups/group';
import { GroupService } from '../groups/group.service';
import type { Listed, ListRequest } from '../paging';
import { SessionRepository } from '../sessions/session.repository';
import { assertPassword, PasswordHasher } from './password-hasher';
import {
  type Actor,
  assertMayDelete,
  assertMayEdit,
  assertMayGrant,
  type EditableField,
  type Role,
  type UserStatus,
} from './roles';
import type { User, UserEntity } from './user.entity';
import { UserRepository, type UserSortField } from './user.repository';
import { canonicalEmail, canonicalUsername } from './username';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly email?: string | null;
}

export interface NewUser extends Credentials {
  readonly role: Role;
  readonly group: string;
  readonly status: UserStatus;
}

export type UserChanges = Partial<Pick<User, 'username' | 'email' | 'role' | 'group' | 'status'>> & {
  readonly password?: string;
};

/** What else must hold when the user does: done in the same transaction, with its manager only. */
export type Within = (manager: EntityManager, user: User) => Promise<void>;

const nothing: Within = () => Promise.resolve();

/** Accounts and who may do what to them. Every change is in force on all nodes when its promise resolves or within a second. */
@Injectable()
export class UserService {
  private rootKnown = false;

  constructor(
    private readonly users: UserRepository,
    private readonly sessions: SessionRepository,
    private readonly groups: GroupService,
    private readonly hasher: PasswordHasher,
    private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether there is a root account: without one the only thing to do is `createRoot`. */
  async isInitialized(): Promise<boolean> {
    this.rootKnown ||= await this.users.hasRoot();
    return this.rootKnown;
  }

  /** Creates the root account, once: `conflict` ever after, also for the loser of a race. */
  async createRoot(credentials: Credentials, within = nothing): Promise<User> {
    if (await this.isInitialized()) throw alreadySetUp();
    try {
      return await this.insert({ ...credentials, role: 'root', group: DEFAULT_GROUP, status: 'active' }, within);
    } catch (error) {
      throw (await this.isInitialized()) ? alreadySetUp() : error;
    }
  }

  /** The root account, once there is one. */
  root(): Promise<User | null> {
    return this.users.findRoot();
  }

  /** For whoever runs the machine and has lost the password: a new one, the account active, every session ended. */
  async resetRoot(password: string): Promise<User> {
    const root = (await this.users.findRoot()) ?? missing();
    await this.change(root, await this.columns({ status: 'active' }, password), { keep: null });
    return this.get(root.id);
  }

  async create(actor: Actor, user: NewUser, within = nothing): Promise<User> {
    assertMayGrant(actor, user.role);
    await this.groups.assertExists(user.group);
    return this.insert(user, within);
  }

  /** An account somebody makes for themselves. Whether that is allowed is for the caller to know. */
  register(credentials: Credentials, within = nothing): Promise<User> {
    return this.insert({ ...credentials, role: 'user', group: DEFAULT_GROUP, status: 'active' }, within);
  }

  list(request: ListRequest<UserSortField>): Promise<Listed<User>> {
    return this.users.list(request);
  }

  async get(id: string): Promise<User> {
    return (await this.users.find(id)) ?? missing();
  }

  /** A new password or `disabled` ends the user's sessions. */
  async update(actor: Actor, id: string, changes: UserChanges): Promise<User> {
    const target = await this.get(id);
    assertMayEdit(actor, target, fieldsOf(changes));
    if (changes.role !== undefined && changes.role !== target.role) assertMayGrant(actor, changes.role);
    if (changes.group !== undefined) await this.groups.assertExists(changes.group);
    const { password, ...rest } = changes;
    const endsSessions = password !== undefined || changes.status === 'disabled';
    await this.change(target, await this.columns(rest, password), endsSessions ? { keep: null } : undefined);
    return this.get(id);
  }

  /** What users change about themselves. A new password ends every session but `sessionId`. */
  async updateOwn(
    { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
    { email, password }: { readonly email?: string | null; readonly password?: string },
  ): Promise<User> {
    const target = await this.get(userId);
    const columns = await this.columns({ email }, password);
    await this.change(target, columns, password === undefined ? undefined : { keep: sessionId });
    return this.get(userId);
  }

  /** Deletes the account for good, with its sessions and keys; the name is free again. Logs and ledger keep the id. */
  async delete(actor: Actor, id: string): Promise<User> {
    const target = await this.get(id);
    assertMayDelete(actor, target);
    const done = await this.users.transaction((manager) => this.users.delete(manager, target));
    if (!done) throw changedMeanwhile();
    await this.bus.publish('users.changed', { userId: id });
    return target;
  }

  private async insert(input: NewUser, within: Within): Promise<User> {
    const now = this.clock.now();
    const user: UserEntity = {
      id: newId(),
      username: canonicalUsername(input.username),
      email: input.email ? canonicalEmail(input.email) : null,
      passwordHash: await this.passwordHash(input.password),
      role: input.role,
      rootMarker: input.role === 'root' ? 1 : null,
      status: input.status,
      group: input.group,
      createdAt: now,
      updatedAt: now,
    };
    await taken(() =>
      this.users.transaction(async (manager) => {
        await this.users.insert(manager, user);
        await within(manager, user);
      }),
    );
    return this.get(user.id);
  }

  private async columns(changes: Omit<UserChanges, 'password'>, password?: string): Promise<Partial<UserEntity>> {
    const { username, email, role, group, status } = changes;
    return {
      ...(username !== undefined && { username: canonicalUsername(username) }),
      ...(email !== undefined && { email: email ? canonicalEmail(email) : null }),
      ...(role !== undefined && { role }),
      ...(group !== undefined && { group }),
      ...(status !== undefined && { status }),
      ...(password !== undefined && { passwordHash: await this.passwordHash(password) }),
      updatedAt: this.clock.now(),
    };
  }

  /** `ended`: sessions of the user that end with the change, all but `keep`. */
  private async change(target: User, columns: Partial<UserEntity>, ended?: { keep: string | null }): Promise<void> {
    const done = await taken(() =>
      this.users.transaction(async (manager) => {
        if (!(await this.users.update(manager, target, columns))) return false;
        if (ended) await this.sessions.deleteOfUser(manager, target.id, ended.keep);
        return true;
      }),
    );
    if (!done) throw changedMeanwhile();
    await this.bus.publish('users.changed', { userId: target.id });
  }

  private passwordHash(password: string): Promise<string> {
    assertPassword(password);
    return this.hasher.hash(password);
  }
}

const fieldsOf = (changes: UserChanges): EditableField[] =>
  // The keys of a `UserChanges` are exactly the editable fields.
  (Object.keys(changes) as EditableField[]).filter((field) => changes[field] !== undefined);

async function taken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isUniqueViolation(error) ? conflict('the username or email is already in use') : error;
  }
}

const missing = (): never => {
  throw notFound('user');
};

const alreadySetUp = () => conflict('the root account exists already');

const changedMeanwhile = () => conflict('the user was changed by somebody else meanwhile, try again');
