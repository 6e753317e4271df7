import type { Route } from '@app/channels';
import { type Quirks, quirksOf } from '@app/providers';
import type { RelayRequest } from '../relay.types';
import { dropMember, type Edit } from '../request/edits';
import type { Body } from '../request/members';
import { itemsOf } from '../protocols/foreign-blocks';
import type { BodyRule } from './parameters';

/** What the provider refuses of a body in its own protocol, and what of it is lost. */
export interface Refused {
  /** Of outermost members; a channel's own rules come behind them. */
  readonly rules: readonly BodyRule[];
  /** Inside messages. */
  readonly edits: readonly Edit[];
  /** By their paths in the neutral request. */
  readonly dropped: readonly string[];
}

/** The members that may be refused, by their paths in the neutral request. */
const paths: Readonly<Record<string, string>> = {
  logprobs: 'sampling.logprobs',
  top_logprobs: 'sampling.topLogprobs',
  logit_bias: 'sampling.logitBias',
  store: 'meta.store',
  name: 'turns.name',
};

/** Undefined for nearly all. */
export function refusedFor(
  { operation, protocol, body }: Pick<RelayRequest, 'operation' | 'protocol' | 'body'>,
  { channel }: { readonly channel: Pick<Route['channel'], 'provider'> },
): Refused | undefined {
  if (operation !== 'chat' || protocol !== 'openai-chat') return undefined;
  const { refused, fields } = quirksOf(channel.provider, protocol);
  if (refused.length === 0) return undefined;
  const rules = refused.flatMap((field) => rulesOf(field, body, fields));
  const edits = refused.includes('name') ? withoutNames(body) : [];
  if (rules.length === 0 && edits.length === 0) return undefined;
  const lost = refused.filter((field) => !fields[field] && (field === 'name' ? edits.length > 0 : body.get(field)));
  return { rules, edits, dropped: lost.map((field) => paths[field] ?? field) };
}

/** Another name where the provider has one; where the caller gives both, the provider's own stands. */
function rulesOf(field: string, body: Body, fields: Quirks['fields']): readonly BodyRule[] {
  if (field === 'name' || body.get(field) === undefined) return [];
  const name = fields[field];
  const gone: BodyRule = { op: 'delete', path: [field], value: undefined };
  return name ? [gone, { op: 'default', path: [name], value: body.value(field) }] : [gone];
}

/** Names of those who speak. A function's answer is known by its name. */
const withoutNames = (body: Body): readonly Edit[] =>
  body.bytes.includes('"name"')
    ? itemsOf(body, 'messages').flatMap((item) => {
        if (item.type !== 'object') return [];
        const message = body.inside(item);
        return message.get('name') && message.value('role') !== 'function' ? dropMember(message, 'name') : [];
      })
    : [];

/** Without those that lie in what another edit replaces. */
export const besides = (edits: readonly Edit[], others: readonly Edit[]): readonly Edit[] =>
  edits.filter(({ start, end }) => !others.some((other) => other.start <= start && end <= other.end));
