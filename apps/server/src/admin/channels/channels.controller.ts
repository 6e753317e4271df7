import { Body, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ChannelBatch, ChannelService, channelSortFields } from '@app/channels';
import { AuditLog } from '@app/logs';
import { ChannelProbe } from '@app/relay';
import { AdminController, difference, From, Id, type Origin, pageOf, pageRequest, Roles } from '../http';
import {
  ChannelBalanceDto,
  ChannelBatchDto,
  ChannelBatchResultDto,
  ChannelDto,
  ChannelPageDto,
  ChannelQueryDto,
  ChannelTestResultDto,
  CreateChannelDto,
  TestChannelDto,
  UpdateChannelDto,
  UpdateChannelKeyDto,
  UpstreamModelsDto,
} from './channels.dto';
import { auditView, ChannelMapper, inputOf, patchOf } from './channels.mapper';

/** Upstream accounts: where calls go. */
@AdminController('channels')
@Roles('admin')
export class ChannelsController {
  constructor(
    private readonly channels: ChannelService,
    private readonly batches: ChannelBatch,
    private readonly probe: ChannelProbe,
    private readonly mapper: ChannelMapper,
    private readonly audit: AuditLog,
  ) {}

  /** `q` finds a part of a name, or an id. */
  @Get()
  async list(@Query() query: ChannelQueryDto): Promise<ChannelPageDto> {
    const { status, provider, group, tag, model } = query;
    const filter = { status, provider, group, tag, model };
    const { items, total } = await this.channels.list({ ...pageRequest(query, channelSortFields), ...filter });
    return pageOf(
      query,
      items.map((record) => this.mapper.dto(record)),
      total,
    );
  }

  @Post()
  async create(@Body() body: CreateChannelDto, @From() origin: Origin): Promise<ChannelDto> {
    const channel = this.mapper.dto(await this.channels.create(inputOf(body)));
    await this.record(origin, 'channel.create', channel.id, auditView(channel));
    return channel;
  }

  /** One act on many channels, all or none; ids that do not exist are passed over. */
  @Post('batch')
  @HttpCode(200)
  async batch(@Body() body: ChannelBatchDto, @From() origin: Origin): Promise<ChannelBatchResultDto> {
    const affected = await this.batches.run(body);
    await this.audit.record({ ...origin, action: `channel.batch-${body.action}`, target: null, changes: body });
    return { affected };
  }

  @Get(':id')
  async get(@Id() id: string): Promise<ChannelDto> {
    return this.mapper.dto(await this.channels.get(id));
  }

  /** What is left out stays as it is. */
  @Patch(':id')
  async update(@Id() id: string, @Body() body: UpdateChannelDto, @From() origin: Origin): Promise<ChannelDto> {
    const before = this.mapper.dto(await this.channels.get(id));
    const after = this.mapper.dto(await this.channels.update(id, patchOf(body)));
    await this.record(origin, 'channel.update', id, difference(auditView(before), auditView(after)));
    return after;
  }

  /** For good, with its keys. The usage log keeps what it knows. */
  @Delete(':id')
  @HttpCode(204)
  async delete(@Id() id: string, @From() origin: Origin): Promise<void> {
    const { name, provider } = (await this.channels.get(id)).channel;
    await this.channels.remove(id);
    await this.record(origin, 'channel.delete', id, { name, provider });
  }

  /** Takes one key out of use, or back into it. */
  @Patch(':id/keys/:keyId')
  async updateKey(
    @Id() id: string,
    @Id('keyId') keyId: string,
    @Body() { status }: UpdateChannelKeyDto,
    @From() origin: Origin,
  ): Promise<ChannelDto> {
    const channel = this.mapper.dto(await this.channels.setCredentialStatus(id, keyId, status));
    await this.record(origin, 'channel.update-key', id, { keyId, status });
    return channel;
  }

  /** One real, minimal call to the upstream, whatever the channel's state. `ok: false` says why in `error`. */
  @Post(':id/test')
  @HttpCode(200)
  test(@Id() id: string, @Body() body: TestChannelDto): Promise<ChannelTestResultDto> {
    return this.probe.test(id, body);
  }

  /** Asks the upstream what is left on the account. */
  @Post(':id/balance')
  @HttpCode(200)
  async balance(@Id() id: string): Promise<ChannelBalanceDto> {
    return { balanceUsd: await this.probe.balance(id) };
  }

  /** Asks the upstream which models it serves; changes nothing. */
  @Post(':id/models')
  @HttpCode(200)
  async models(@Id() id: string): Promise<UpstreamModelsDto> {
    return { items: await this.probe.fetchModels(id) };
  }

  private record({ actorId, ip }: Origin, action: string, id: string, changes: object): Promise<void> {
    return this.audit.record({ actorId, ip, action, target: `channel:${id}`, changes });
  }
}
