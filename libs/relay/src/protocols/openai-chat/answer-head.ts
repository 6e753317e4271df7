import type { ReplyContext } from '../../chat/face';
import type { ChatReply } from '../../chat/reply';

type Told = Pick<ChatReply, 'id' | 'created' | 'serviceTier' | 'fingerprint'>;

/** What every chunk and every whole answer begins with. The model goes by the caller's name for it. */
export const answerHead = (object: string, { id, created, serviceTier, fingerprint }: Told, context: ReplyContext) => ({
  id: id || `chatcmpl-${context.requestId.replace(/^req_/, '')}`,
  object,
  created: created || context.created,
  model: context.model,
  ...(serviceTier ? { service_tier: serviceTier } : {}),
  ...(fingerprint ? { system_fingerprint: fingerprint } : {}),
});
