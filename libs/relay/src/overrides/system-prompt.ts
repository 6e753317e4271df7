import type { PromptRule, Route } from '@app/channels';
import { text, type TextBlock } from '../chat/blocks';
import type { ChatRequest } from '../chat/request';
import type { RelayRequest } from '../relay.types';

/** The channel's system prompt, where it has one for this call. */
export function promptFor(
  { operation, model }: Pick<RelayRequest, 'operation' | 'model'>,
  { channel, upstreamModel }: Pick<Route, 'channel' | 'upstreamModel'>,
): PromptRule | null {
  const rule = channel.overrides?.systemPrompt;
  if (!rule || operation !== 'chat') return null;
  return rule.concerns({ requested: model, upstream: upstreamModel }) ? rule : null;
}

const compose: Readonly<
  Record<PromptRule['mode'], (own: TextBlock, given: readonly TextBlock[]) => readonly TextBlock[]>
> = {
  prepend: (own, given) => [own, ...given],
  append: (own, given) => [...given, own],
  replace: (own) => [own],
  default: (own, given) => (given.length > 0 ? given : [own]),
};

export const withSystemPrompt = (chat: ChatRequest, rule: PromptRule | null): ChatRequest =>
  rule ? { ...chat, system: compose[rule.mode](text(rule.text), chat.system) } : chat;
