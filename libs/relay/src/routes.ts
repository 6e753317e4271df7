import { ChannelSelector, type Route } from '@app/channels';
import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import type { CallState } from './call-state';
import { neededFor, reachableFor } from './operations';
import { reachable } from './protocols/faces';

/** A pause that ends at once is none to wait for: nobody is asked twice in a breath. */
const SHORTEST_WAIT_MS = 100;

/** Where the attempts of a call go. */
@Injectable()
export class Routes {
  constructor(private readonly selector: ChannelSelector) {}

  /** Whoever gave the answer this call goes on from, if it is ready; else as `other`. */
  first(call: CallState): Route | null {
    const { past, caller, model, protocol } = call.request;
    const query = { group: caller.group, model, protocols: reachable(protocol) };
    return (past?.issuer && this.selector.selectKnown(query, past.issuer)) ?? this.other(call);
  }

  /** A channel not tried yet, else a credential not tried yet, else one whose pause was only our guess. */
  other(call: CallState): Route | null {
    const { tried } = call;
    const query = queryOf(call);
    const fresh = this.selector.select(query, tried);
    if (fresh) return fresh;
    const anywhere = { credentials: tried.credentials, channels: new Set<string>() };
    return this.selector.select(query, anywhere) ?? this.selector.select({ ...query, allowCooling: true }, anywhere);
  }

  /** Another channel than the one that is being asked, and not tried yet. */
  beside(call: CallState, { channel }: Route): Route | null {
    const { credentials, channels } = call.tried;
    return this.selector.select(
      { ...queryOf(call), affinity: undefined },
      { credentials, channels: new Set([...channels, channel.id]) },
    );
  }

  /** Waits for the first whose pause ends, if that is soon and the call may still begin; null: nobody comes. */
  async rested(call: CallState): Promise<Route | null> {
    if (call.isStopped || call.limits.longestWaitMs === 0) return null;
    call.forgive();
    const anywhere = { credentials: call.tried.credentials, channels: new Set<string>() };
    const readyAt = this.selector.readyAt(queryOf(call), anywhere);
    if (readyAt === null) return null;
    const ms = Math.max(readyAt - Date.now(), 0);
    if (ms < SHORTEST_WAIT_MS || ms > call.limits.longestWaitMs || ms >= call.patience()) return null;
    call.note(`wait ${ms} ms`);
    await wait(ms + 1);
    return this.other(call);
  }
}

function queryOf({ request, affinity }: CallState) {
  const { caller, model, protocol, operation } = request;
  const { strategy } = caller.routing;
  const protocols = reachableFor(operation, protocol);
  return {
    group: caller.group,
    model,
    strategy,
    affinity,
    operation: neededFor(operation),
    protocols,
    onlyThese: true,
  };
}
