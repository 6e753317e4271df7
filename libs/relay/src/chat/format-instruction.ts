import type { OutputFormat } from './request';

/** Asks for the form an upstream cannot enforce. */
export function formatInstruction(format: Exclude<OutputFormat, { kind: 'text' }>): string {
  if (format.kind === 'json')
    return 'Answer with a single valid JSON object and nothing else: no code fence, no text around it.';
  const { name, description, schema } = format;
  const subject = [name, description].filter((part) => part).join(': ');
  const of = subject ? ` (${subject})` : '';
  return `Answer with a single JSON value and nothing else: no code fence, no text around it. It must match this JSON Schema${of}:\n${JSON.stringify(schema)}`;
}
