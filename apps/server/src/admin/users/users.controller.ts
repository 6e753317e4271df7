import { Body, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { userWallet, WalletService } from '@app/billing';
import { usdToNano } from '@app/core';
import { AuditLog } from '@app/logs';
import { assertMayManage, LoginService, type Principal, UserService, userSortFields } from '@app/users';
import {
  AdminController,
  CurrentUser,
  difference,
  From,
  Id,
  type Origin,
  pageOf,
  PageQueryDto,
  pageRequest,
  Roles,
  UserDto,
  UserMapper,
} from '../http';
import { AdjustmentDto, CreateUserDto, UpdateMeDto, UpdateUserDto, UserPageDto } from './users.dto';

@AdminController('users')
export class UsersController {
  constructor(
    private readonly users: UserService,
    private readonly logins: LoginService,
    private readonly wallets: WalletService,
    private readonly mapper: UserMapper,
    private readonly audit: AuditLog,
  ) {}

  /** `q` finds the beginning of a username or email address. Sorted by `createdAt` or `username`. */
  @Get()
  @Roles('admin')
  async list(@Query() query: PageQueryDto): Promise<UserPageDto> {
    const { items, total } = await this.users.list(pageRequest(query, userSortFields));
    return pageOf(query, await this.mapper.all(items), total);
  }

  @Post()
  @Roles('admin')
  async create(@Body() body: CreateUserDto, @CurrentUser() actor: Principal, @From() origin: Origin): Promise<UserDto> {
    const user = await this.users.create(actor, body, (manager, { id }) =>
      this.wallets.open({ walletId: userWallet(id), fundsNano: 0 }, manager),
    );
    const { id, username, role, group } = user;
    await this.audit.record({
      ...origin,
      action: 'user.create',
      target: `user:${id}`,
      changes: { username, role, group },
    });
    return this.mapper.one(user);
  }

  @Get('me')
  async me(@CurrentUser() { userId }: Principal): Promise<UserDto> {
    return this.mapper.one(await this.users.get(userId));
  }

  /** One's own email address and password. */
  @Patch('me')
  async updateMe(
    @Body() { email, password, currentPassword }: UpdateMeDto,
    @CurrentUser() actor: Principal,
    @From() origin: Origin,
  ): Promise<UserDto> {
    if (password !== undefined) await this.logins.confirm(actor, currentPassword ?? '', origin.ip);
    const before = await this.users.get(actor.userId);
    const user = await this.users.updateOwn(actor, { email, password });
    await this.recordUpdate(origin, before, user, password !== undefined);
    return this.mapper.one(user);
  }

  @Get(':id')
  @Roles('admin')
  async get(@Id() id: string): Promise<UserDto> {
    return this.mapper.one(await this.users.get(id));
  }

  /** Users of a lower role than one's own; root may also rename itself. */
  @Patch(':id')
  @Roles('admin')
  async update(
    @Id() id: string,
    @Body() body: UpdateUserDto,
    @CurrentUser() actor: Principal,
    @From() origin: Origin,
  ): Promise<UserDto> {
    const before = await this.users.get(id);
    const user = await this.users.update(actor, id, body);
    await this.recordUpdate(origin, before, user, body.password !== undefined);
    return this.mapper.one(user);
  }

  /** For good, with sessions and API keys. The usage log and the ledger keep what they know. */
  @Delete(':id')
  @HttpCode(204)
  @Roles('admin')
  async delete(@Id() id: string, @CurrentUser() actor: Principal, @From() origin: Origin): Promise<void> {
    const { username, role } = await this.users.delete(actor, id);
    await this.audit.record({ ...origin, action: 'user.delete', target: `user:${id}`, changes: { username, role } });
  }

  /** Adds to a balance or takes from it, never more than there is. Balances of one's own role or higher are out of reach, but root's own. */
  @Post(':id/adjustments')
  @Roles('admin')
  async adjust(
    @Id() id: string,
    @Body() { amountUsd, reason }: AdjustmentDto,
    @CurrentUser() actor: Principal,
    @From() origin: Origin,
  ): Promise<UserDto> {
    const user = await this.users.get(id);
    assertMayManage(actor, user);
    const amountNano = usdToNano(amountUsd);
    const kind = amountNano > 0 ? 'topup' : 'adjustment';
    await this.wallets.adjust({ userId: id, amountNano, kind, reason, actorId: actor.userId });
    await this.audit.record({ ...origin, action: 'user.adjust', target: `user:${id}`, changes: { amountUsd, reason } });
    return this.mapper.one(user);
  }

  private recordUpdate(origin: Origin, before: object, user: { id: string }, password: boolean): Promise<void> {
    const { updatedAt: _, ...changes } = difference(before, user);
    return this.audit.record({
      ...origin,
      action: 'user.update',
      target: `user:${user.id}`,
      changes: { ...changes, ...(password && { password: 'changed' }) },
    });
  }
}
