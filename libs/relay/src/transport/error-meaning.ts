import type { ErrorMeaning } from '../relay.errors';

/**
 * What a caller's program acts on by itself: it shortens a conversation that is too long, and shows a refusal. OpenAI and those who
 * follow it say it with a code; Anthropic, Google and AWS only in their message, so there is nothing else to go by. It decides on the
 * words the caller gets, never on what the gateway does next.
 * https://platform.claude.com/docs/en/build-with-claude/context-windows https://ai.google.dev/gemini-api/docs/troubleshooting
 */
const signs: readonly (readonly [meaning: ErrorMeaning, words: RegExp])[] = [
  [
    'context_length',
    /context_length_exceeded|string_above_max_length|prompt is too long|(?:maximum|max) context length|exceeds? (?:the )?context|context window|input token count.{0,40}exceeds|input is too long/i,
  ],
  [
    'content_policy',
    /content_policy_violation|content_filter|moderation_blocked|responsibleaipolicyviolation|data_?inspection_?failed|content filtering policy|responsible ai|usage polic|safety system/i,
  ],
];

/** `words`: codes and the message of an upstream's refusal that is the caller's to mend. */
export function meaningOf(...words: readonly (string | null | undefined)[]): ErrorMeaning | undefined {
  const text = words.join(' ');
  return signs.find(([, known]) => known.test(text))?.[0];
}
