import type { Protocol } from '@app/providers';
import { numberAt } from '../json';
import type { Wire } from '../lanes/wire';
import { anthropicMessagesWire } from '../protocols/anthropic-messages/wire';
import { modelEdits } from '../protocols/gemini/model-edits';
import { geminiWire } from '../protocols/gemini/wire';
import { badRequest } from '../relay.errors';
import { setMember } from '../request/edits';
import type { Body } from '../request/members';
import { unstreamed } from './unstreamed';

const count = (field: string): Wire =>
  unstreamed({
    expected: { required: [], types: {} },
    isAnswer: (answer) => numberAt(answer, field) !== undefined,
    usage: () => undefined,
  });

/** What a conversation would take in. https://platform.claude.com/docs/en/api/messages-count-tokens https://ai.google.dev/api/tokens */
export const countTokens = {
  'anthropic-messages': {
    ...count('input_tokens'),
    protocol: 'anthropic-messages',
    check: anthropicMessagesWire.check,
    // Vertex AI has Claude's name in the path of every other call, and here in the body.
    nameModel: (body, { upstreamModel }) => [setMember(body, 'model', upstreamModel)],
  },
  gemini: {
    ...count('totalTokens'),
    protocol: 'gemini',
    check: checkContents,
    nameModel: modelEdits,
  },
} satisfies Partial<Record<Protocol, Wire>>;

/** The contents alone, or the whole request that would be made. */
function checkContents(body: Body): void {
  const whole = body.get('generateContentRequest') ?? body.get('generate_content_request');
  if (!whole || whole.type === 'null') return geminiWire.check(body);
  if (whole.type !== 'object')
    throw badRequest("Invalid value at 'generateContentRequest': expected an object.", 'generateContentRequest');
  geminiWire.check(body.inside(whole));
}
