/** Cells that cannot hold, `<file> → <caller's protocol>`; `docs/conversion.md` gives the reason of each. */
export const exceptions: ReadonlySet<string> = new Set<string>([
  'openai-responses/custom-tool-call.json → anthropic-messages',
  'openai-responses/custom-tool-call.json → gemini',
  'anthropic-messages/stream-max-tokens-partial-tool-json.sse → gemini',
]);
