import type { Encoded } from '../../chat/face';
import { dropUnsaid, plainTurns, transcript } from '../../chat/plain-turns';
import type { ChatRequest } from '../../chat/request';

const said = new Set(['user'] as const);

/**
 * https://docs.dify.ai/api-reference/chat/send-chat-message — an app takes one question; a conversation kept here and not there goes
 * with it as text. Model, sampling and tools are the app's own. Always streamed: agents refuse `blocking`, and Dify's cloud cuts it
 * off after 100 seconds.
 */
export function encodeRequest(request: ChatRequest): Encoded {
  const dropped = new Set<string>();
  const turns = plainTurns(request, dropped);
  dropUnsaid(request, said, dropped);
  const files = turns.at(-1)?.images.map((url) => ({ type: 'image', transfer_method: 'remote_url', url })) ?? [];
  if (turns.slice(0, -1).some(({ images }) => images.length > 0)) dropped.add('turns.image');
  const body = {
    inputs: {},
    query: transcript(turns),
    response_mode: 'streaming',
    user: request.meta.user ?? 'one-api',
    auto_generate_name: false,
    ...(files.length > 0 ? { files } : {}),
  };
  return { body, dropped: [...dropped] };
}
