import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { messageOf } from '@app/core';
import { ChangeBus } from '@app/platform/bus';
import { SecretBox } from '@app/platform/secrets';
import { CHANNELS_CHANGED, type ChannelsChanged } from '../channels/channel.events';
import type { ChannelRecord } from '../channels/channel-input';
import { ChannelRepository, type ChannelRevision } from '../channels/channel.repository';
import { ChannelLoad } from './channel-load';
import { ChannelIndex } from './channel-index';
import { indexChannel, type IndexedChannel } from './indexed-channel';
import { SingleFlight } from './single-flight';
import { Vocabulary } from './vocabulary';

const spacingMs = 50;
const retryMs = 1_000;
const checkMs = 15_000;
const pageSize = 200;
/** With more changed channels than this all are read: it costs no more. */
const mostNamed = 500;

/**
 * Keeps the index in step with the database: reads what a message names, all of it where a message names nothing, and looks
 * every few seconds whether a message was lost.
 */
@Injectable()
export class IndexKeeper implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('ChannelIndex');
  readonly #refresh = new SingleFlight(() => this.#run(), spacingMs);
  #channels = new Map<string, IndexedChannel>();
  #vocabulary = new Vocabulary();
  /** Of every channel that serves, by id. */
  #loads = new Map<string, ChannelLoad>();
  /** Ids of channels to read again; null: all. */
  #pending: Set<string> | null = null;
  #revision: ChannelRevision = { count: -1, updatedAt: -1 };
  #unsubscribe = (): void => undefined;
  #checker?: NodeJS.Timeout;
  #retry?: NodeJS.Timeout;
  #stopped = false;

  constructor(
    private readonly index: ChannelIndex,
    private readonly channels: ChannelRepository,
    private readonly secrets: SecretBox,
    @Inject(ChangeBus) private readonly bus: ChangeBus,
  ) {}

  /** The first load may fail the boot: a gateway without channels answers nothing. */
  async onModuleInit(): Promise<void> {
    await this.#load(null);
    this.#pending = new Set();
    this.#unsubscribe = this.bus.subscribe(CHANNELS_CHANGED, (payload) =>
      this.changed(payload as ChannelsChanged | null),
    );
    await this.check(); // what changed after the load and before the subscription
    this.#checker = setInterval(() => void this.check(), checkMs).unref();
  }

  onApplicationShutdown(): void {
    this.#stopped = true;
    this.#unsubscribe();
    clearInterval(this.#checker);
    clearTimeout(this.#retry);
  }

  /** Resolves when the index holds the change, or the reading of it failed and will be repeated. */
  changed(change: ChannelsChanged | null): Promise<void> {
    this.#mark(change?.channelIds ?? null);
    return this.#refresh.request();
  }

  /** Reads everything again if the database was changed without a message that reached us. */
  async check(): Promise<void> {
    try {
      const { count, updatedAt } = await this.channels.revision();
      if (count === this.#revision.count && updatedAt === this.#revision.updatedAt) return;
      await this.changed(null);
    } catch (error) {
      this.#logger.warn(`cannot compare the channels with the database: ${messageOf(error)}`);
    }
  }

  #mark(ids: readonly string[] | null): void {
    if (ids === null) this.#pending = null;
    else for (const id of ids) this.#pending?.add(id);
    if (this.#pending && this.#pending.size > mostNamed) this.#pending = null;
  }

  async #run(): Promise<void> {
    const wanted = this.#pending;
    this.#pending = new Set();
    if (this.#stopped || wanted?.size === 0) return;
    try {
      await this.#load(wanted);
    } catch (error) {
      this.#logger.error(`channels not reloaded, trying again: ${messageOf(error)}`);
      this.#mark(wanted && [...wanted]);
      clearTimeout(this.#retry);
      if (!this.#stopped) this.#retry = setTimeout(() => void this.#refresh.request(), retryMs).unref();
    }
  }

  async #load(wanted: ReadonlySet<string> | null): Promise<void> {
    // Before the rows: what changes while they are read moves the revision on, and the next check sees it.
    const revision = await this.channels.revision();
    if (wanted === null || this.#isLittered()) await this.#loadAll();
    else await this.#loadSome(wanted);
    this.#revision = revision;
    this.index.replace(this.#channels.values(), this.#vocabulary);
  }

  /** Most names of the vocabulary are no longer served by anyone. */
  #isLittered(): boolean {
    const used = this.index.allModels().length;
    return this.#vocabulary.size > 2 * used + 10_000;
  }

  async #loadAll(): Promise<void> {
    const [channels, vocabulary] = [new Map<string, IndexedChannel>(), new Vocabulary()];
    for (let afterId = ''; ;) {
      const page = await this.channels.pageAfter(afterId, pageSize);
      for (const record of page) this.#put(channels, vocabulary, record);
      if (page.length < pageSize) break;
      afterId = page.at(-1)!.channel.id;
    }
    this.#channels = channels;
    for (const id of this.#loads.keys()) if (!channels.has(id)) this.#loads.delete(id);
    this.#vocabulary = vocabulary;
  }

  async #loadSome(ids: ReadonlySet<string>): Promise<void> {
    const records = await this.channels.findMany([...ids]);
    for (const id of ids) this.#channels.delete(id);
    for (const record of records) this.#put(this.#channels, this.#vocabulary, record);
  }

  #put(channels: Map<string, IndexedChannel>, vocabulary: Vocabulary, record: ChannelRecord): void {
    const load = this.#loads.get(record.channel.id) ?? new ChannelLoad();
    const indexed = indexChannel(record, this.secrets, { vocabulary, load }, (what, error) => {
      this.#logger.error(`${what} of channel ${record.channel.id} does not open: ${messageOf(error)}`);
    });
    if (!indexed) return;
    channels.set(indexed.view.id, indexed);
    this.#loads.set(indexed.view.id, load);
  }
}
