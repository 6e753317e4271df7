import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { messageOf } from '@app/core';
import { transact } from '@app/platform/database';
import { ChannelRepository } from '../channels/channel.repository';
import { ResponseTimes } from './response-times';

const flushMs = 5_000;

/** Writes the channels' response times down every few seconds, off the path of any request. */
@Injectable()
export class ResponseTimeRecorder implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger('ChannelHealth');
  readonly #times = new ResponseTimes();
  #timer?: NodeJS.Timeout;

  constructor(
    private readonly channels: ChannelRepository,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.flush(), flushMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  note(channelId: string, firstByteMs: number): void {
    this.#times.note(channelId, firstByteMs);
  }

  /** An average that could not be stored is not worth a second try: the next answer brings a newer one. */
  async flush(): Promise<void> {
    const times = this.#times.take();
    if (times.size === 0) return;
    try {
      await transact(this.dataSource, (manager) => this.channels.saveResponseTimes(manager, times));
    } catch (error) {
      this.#logger.warn(`response times not stored: ${messageOf(error)}`);
    }
  }
}
