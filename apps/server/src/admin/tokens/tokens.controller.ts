import { Body, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { AuditLog } from '@app/logs';
import { ApiKeyService, apiKeySortFields, type IssuedKey, type Principal } from '@app/users';
import { AdminController, CurrentUser, difference, From, Id, type Origin, pageOf, pageRequest } from '../http';
import { CreateTokenDto, IssuedTokenDto, TokenDto, TokenPageDto, TokenQueryDto, UpdateTokenDto } from './tokens.dto';
import { TokenMapper } from './tokens.mapper';
import { TokenService } from './tokens.service';

/** API keys: the resource is called tokens. */
@AdminController('tokens')
export class TokensController {
  constructor(
    private readonly keys: ApiKeyService,
    private readonly tokens: TokenService,
    private readonly mapper: TokenMapper,
    private readonly audit: AuditLog,
  ) {}

  /** `q` finds part of a name. Sorted by `createdAt`, `name` or `lastUsedAt`. */
  @Get()
  async list(@Query() query: TokenQueryDto, @CurrentUser() actor: Principal): Promise<TokenPageDto> {
    const { items, total } = await this.keys.list(actor, pageRequest(query, apiKeySortFields), query.userId);
    return pageOf(query, await this.mapper.all(items), total);
  }

  @Post()
  async create(
    @Body() body: CreateTokenDto,
    @CurrentUser() actor: Principal,
    @From() origin: Origin,
  ): Promise<IssuedTokenDto> {
    const issued = await this.tokens.create(actor, body);
    const answer = await this.issued(issued);
    const { keyPreview, name, budgetUsd, models, allowedIps, group, expiresAt } = answer;
    await this.record(origin, 'create', answer.id, {
      keyPreview,
      name,
      budgetUsd,
      models,
      allowedIps,
      group,
      expiresAt,
    });
    return answer;
  }

  @Get(':id')
  async get(@Id() id: string, @CurrentUser() actor: Principal): Promise<TokenDto> {
    return this.mapper.one(await this.keys.get(actor, id));
  }

  @Patch(':id')
  async update(
    @Id() id: string,
    @Body() body: UpdateTokenDto,
    @CurrentUser() actor: Principal,
    @From() origin: Origin,
  ): Promise<TokenDto> {
    const before = await this.mapper.one(await this.keys.get(actor, id));
    const after = await this.mapper.one(await this.tokens.update(actor, id, body));
    await this.record(origin, 'update', id, difference(before, after));
    return after;
  }

  /** A new key with the same terms; the old one is refused at once. */
  @Post(':id/rotate')
  @HttpCode(200)
  async rotate(@Id() id: string, @CurrentUser() actor: Principal, @From() origin: Origin): Promise<IssuedTokenDto> {
    const answer = await this.issued(await this.keys.rotate(actor, id));
    await this.record(origin, 'rotate', id, { keyPreview: answer.keyPreview });
    return answer;
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Id() id: string, @CurrentUser() actor: Principal, @From() origin: Origin): Promise<void> {
    const { name, keyPreview, userId } = await this.keys.delete(actor, id);
    await this.record(origin, 'delete', id, { name, keyPreview, userId });
  }

  private async issued({ key, secret }: IssuedKey): Promise<IssuedTokenDto> {
    return { ...(await this.mapper.one(key)), key: secret };
  }

  private record(origin: Origin, verb: string, id: string, changes: object): Promise<void> {
    return this.audit.record({ ...origin, action: `token.${verb}`, target: `token:${id}`, changes });
  }
}
