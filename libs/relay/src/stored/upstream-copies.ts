import { ChannelService, type Route } from '@app/channels';
import { DomainError, messageOf } from '@app/core';
import { Injectable, Logger } from '@nestjs/common';
import { addressOf } from '../lanes/address';
import { RelayError } from '../relay.errors';
import { Authorizer } from '../transport/authorizer';
import { Transport, type UpstreamCall } from '../transport/transport';
import type { Origin } from './past';

const LIMITS = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

/** Answers that an upstream keeps as well: what its owner deletes here is deleted there. */
@Injectable()
export class UpstreamCopies {
  private readonly log = new Logger('Responses');

  constructor(
    private readonly channels: ChannelService,
    private readonly transport: Transport,
    private readonly authorizer: Authorizer,
  ) {}

  /** Throws RelayError 502 where the upstream may still have it and asking again may help. */
  async delete({ channelId, credentialId, upstreamId }: Origin): Promise<void> {
    if (channelId === null || credentialId === null || upstreamId === null) return;
    const route = await this.routeTo(channelId, credentialId);
    // Whoever kept it is not known here any more: nobody can be asked.
    if (!route) return;
    const status = await this.ask(route, upstreamId);
    if (status < 300 || status === 404) return;
    if (status >= 500 || status === 429) throw stillThere();
    this.log.warn(`the upstream of channel ${channelId} does not delete an answer it keeps (${status})`);
  }

  private async routeTo(channelId: string, credentialId: string): Promise<Route | null> {
    try {
      return await this.channels.routeTo(channelId, { credentialId, protocol: 'openai-responses' });
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
  }

  private async ask(route: Route, id: string): Promise<number> {
    try {
      const { url, headers, ...rest } = addressOf({ operation: 'chat', stream: false }, route);
      const { 'content-type': _none, ...bare } = headers;
      const call: UpstreamCall = {
        ...rest,
        method: 'DELETE',
        url: below(url, id),
        headers: bare,
        body: null,
        dropped: [],
      };
      const ready = route.channel.provider.authorize ? await this.authorizer.ready(route, call) : call;
      return (await this.transport.fetch(ready, LIMITS)).status;
    } catch (error) {
      this.log.warn(
        `an answer kept by the upstream of channel ${route.channel.id} is not deleted: ${messageOf(error)}`,
      );
      throw stillThere();
    }
  }
}

/** `https://host/v1/responses?api-version=x` → `https://host/v1/responses/{id}?api-version=x` */
function below(url: string, id: string): string {
  const target = new URL(url);
  target.pathname = `${target.pathname}/${encodeURIComponent(id)}`;
  return target.href;
}

const stillThere = (): RelayError =>
  new RelayError('upstream_error', 'The upstream that keeps this response too cannot delete it now; try again.', {
    retryAfterMs: 5_000,
  });
