import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CLOCK, type Clock, conflict, DomainError, invalid, newId, notFound } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { GroupService } from '../groups/group.service';
import type { Listed, ListRequest } from '../paging';
import { isPlainText } from '../plain-text';
import { type Actor, isAtLeast, mayManage } from '../users/roles';
import { UserService } from '../users/user.service';
import type { ApiKey, ApiKeyEntity, ApiKeyStatus } from './api-key.entity';
import { ApiKeyRepository, type ApiKeySortField } from './api-key.repository';
import { IpMatcher } from './ip-matcher';
import { newKeyMaterial } from './key-material';

/** What a key allows. An empty list restricts nothing. */
export interface ApiKeyTerms {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
  readonly models: readonly string[] | null;
  readonly allowedIps: readonly string[] | null;
  readonly group: string | null;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly concurrency: number | null;
  /** The wallet `key:<id>` has a budget; money itself is billing's. */
  readonly budgeted: boolean;
}

export type ApiKeyChanges = Partial<ApiKeyTerms & { readonly status: ApiKeyStatus }>;

/** A key just made, with the only copy of its secret. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly secret: string;
}

/** What else must hold when the key does: done in the same transaction, with its manager only. */
export type WithinKey = (manager: EntityManager, key: ApiKey) => Promise<void>;

const MAX_KEYS_PER_USER = 1_000;
const MAX_MODELS = 1_000;
const modelPattern = /^(\*|[A-Za-z0-9._:/@+-]{1,200}\*?)$/;

/** Keys belong to the user who made them; admins also see and manage those of users below them. */
@Injectable()
export class ApiKeyService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly users: UserService,
    private readonly groups: GroupService,
    private readonly bus: ChangeBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(actor: Actor, terms: ApiKeyTerms, within: WithinKey = () => Promise.resolve()): Promise<IssuedKey> {
    const checked = checkedTerms(terms);
    await this.assertGroup(actor, terms.group);
    await this.assertRoom(actor);
    const { secret, hash, preview } = newKeyMaterial();
    const now = this.clock.now();
    const key: ApiKeyEntity = {
      ...terms,
      ...checked,
      id: newId(),
      userId: actor.userId,
      keyHash: hash,
      keyPreview: preview,
      status: 'active',
      lastUsedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.keys.transaction(async (manager) => {
      await this.keys.insert(manager, key);
      await within(manager, key);
    });
    return { key, secret };
  }

  /** Everybody's keys for an admin, unless `userId` says whose; a user's own for a user, whatever it says. */
  list(actor: Actor, request: ListRequest<ApiKeySortField>, userId?: string): Promise<Listed<ApiKey>> {
    return this.keys.list(request, { userId: isAtLeast(actor.role, 'admin') ? userId : actor.userId });
  }

  /** `not_found` as well for a key that is not the actor's to see. */
  async get(actor: Actor, id: string): Promise<ApiKey> {
    return this.visible(actor, id);
  }

  async update(actor: Actor, id: string, changes: ApiKeyChanges): Promise<ApiKey> {
    const key = await this.manageable(actor, id);
    if (changes.group !== undefined && changes.group !== key.group) await this.assertGroup(actor, changes.group);
    const { status, ...terms } = changes;
    await this.change(key, { ...defined(terms), ...checkedTerms(terms), ...(status && { status }) });
    return this.visible(actor, id);
  }

  /** Gives the key a new secret; the old one is refused from now on. */
  async rotate(actor: Actor, id: string): Promise<IssuedKey> {
    const key = await this.manageable(actor, id);
    const { secret, hash, preview } = newKeyMaterial();
    await this.change(key, { keyHash: hash, keyPreview: preview });
    return { key: await this.visible(actor, id), secret };
  }

  async delete(actor: Actor, id: string): Promise<ApiKey> {
    const key = await this.manageable(actor, id);
    if (!(await this.keys.delete(id))) throw notFound('API key');
    await this.announce(key);
    return key;
  }

  /** Throws `forbidden` for a key that is seen but belongs to somebody of the same or a higher role. */
  async assertManageable(actor: Actor, id: string): Promise<void> {
    await this.manageable(actor, id);
  }

  private async visible(actor: Actor, id: string): Promise<ApiKeyEntity> {
    const key = await this.keys.find(id);
    if (key === null || (key.userId !== actor.userId && !isAtLeast(actor.role, 'admin'))) throw notFound('API key');
    return key;
  }

  private async manageable(actor: Actor, id: string): Promise<ApiKeyEntity> {
    const key = await this.visible(actor, id);
    if (key.userId === actor.userId || mayManage(actor, await this.users.get(key.userId))) return key;
    throw new DomainError('forbidden', 'the key belongs to somebody of your role or a higher one');
  }

  private async change(key: ApiKeyEntity, columns: Partial<ApiKeyEntity>): Promise<void> {
    const done = await this.keys.update(key, { ...columns, updatedAt: this.clock.now() });
    if (!done) throw conflict('the key was changed by somebody else meanwhile, try again');
    await this.announce(key);
  }

  private announce({ id, keyHash }: ApiKeyEntity): Promise<void> {
    return this.bus.publish('keys.changed', { keyId: id, keyHash });
  }

  /** A group is a price: users may only name their own, admins any that exists. */
  private async assertGroup(actor: Actor, group: string | null): Promise<void> {
    if (group === null) return;
    if (isAtLeast(actor.role, 'admin')) return this.groups.assertExists(group);
    const { group: own } = await this.users.get(actor.userId);
    if (group !== own) throw new DomainError('forbidden', 'you may only use the group you are in');
  }

  private async assertRoom({ userId, role }: Actor): Promise<void> {
    if (isAtLeast(role, 'admin')) return;
    if ((await this.keys.countOfUser(userId)) >= MAX_KEYS_PER_USER) {
      throw conflict(`you have ${MAX_KEYS_PER_USER} keys: delete some first`);
    }
  }
}

/** The lists and the name in the form they are stored in; `invalid` says which entry is wrong. */
function checkedTerms({ name, models, allowedIps }: Partial<ApiKeyTerms>): Partial<ApiKeyTerms> {
  if (name !== undefined && (name.trim() === '' || name.length > 100 || !isPlainText(name))) {
    throw invalid('name', 'must be 1 to 100 characters, none of them control characters');
  }
  return {
    ...(name !== undefined && { name: name.trim() }),
    ...(models !== undefined && { models: checkedModels(models) }),
    ...(allowedIps !== undefined && { allowedIps: checkedIps(allowedIps) }),
  };
}

function checkedModels(models: readonly string[] | null): readonly string[] | null {
  if (models === null || models.length === 0) return null;
  if (models.length > MAX_MODELS) throw invalid('models', `must have at most ${MAX_MODELS} entries`);
  const wrong = models.findIndex((model) => !modelPattern.test(model));
  if (wrong >= 0) throw invalid(`models.${wrong}`, 'must be a model name, or the beginning of one followed by *');
  return [...new Set(models)];
}

function checkedIps(rules: readonly string[] | null): readonly string[] | null {
  if (rules === null || rules.length === 0) return null;
  void new IpMatcher(rules);
  return [...new Set(rules.map((rule) => rule.trim()))];
}

const defined = <T extends object>(fields: T): Partial<T> =>
  // Dropping undefined values leaves a subset of the same fields.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
