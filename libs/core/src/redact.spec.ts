import { isSecretField, preview, redact, redactText } from './redact';

const tail = 'Ab3dEf6hIj9kLm2nOp5q';

describe('text', () => {
  it.each([
    ['OpenAI', `sk-${tail}`],
    ["OpenAI's project key", `sk-proj-${tail}_${tail}`],
    ['Anthropic', `sk-ant-api03-${tail}`],
    ['Stripe', `pk_live_${tail}`],
    ['xAI', `xai-${tail}`],
    ['Groq', `gsk_${tail}`],
    ['Google', `AIzaSy${tail}`],
    ['Voyage', `pa-${tail}`],
    ['Replicate', `r8_${tail}`],
    ['Hugging Face', `hf_${tail}`],
    ['JWT', `eyJ${tail}.eyJ${tail}.${tail}`],
  ])('loses a key of the shape of %s', (_vendor, key) => {
    expect(redactText(`refused "${key}", try another`)).toBe('refused "[redacted]", try another');
  });

  it.each([
    ['Bearer abcdefgh12345678', 'Bearer [redacted]'],
    ['Basic dXNlcjpwYXNzd29yZA==', 'Basic [redacted]'],
    ['GET /v1?key=abc&alt=sse', 'GET /v1?key=[redacted]&alt=sse'],
    ['postgres://app:hunter2@db/one', 'postgres://app:[redacted]@db/one'],
  ])('loses the secret of %s', (text, clean) => {
    expect(redactText(text)).toBe(clean);
  });

  it.each([
    'pagination_cursor_value',
    'pathological-backtracking',
    'skeletonised_components_of_a_page',
    'gskeleton-of-something-longer',
    'package_name_with_many_words',
    'pkgconfig_search_directories',
    'task-sketch-of-the-whole-idea',
    'claude-sonnet-4-5-20250929',
    'sk-short',
    'one two three four five six seven',
  ])('keeps %s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

it('loses the values of secret fields, however they are spelt, and keeps the rest', () => {
  const secret = { API_KEY: 'x', 'x-api-key': 'x', password: 'x', nested: [{ refreshToken: 'x', rpm: 5 }] };
  const value = '[redacted]';
  expect(redact(secret)).toEqual({
    API_KEY: value,
    'x-api-key': value,
    password: value,
    nested: [{ refreshToken: value, rpm: 5 }],
  });
  expect(['keys', 'Client-Secret', 'max_tokens', 'model'].map(isSecretField)).toEqual([true, true, false, false]);
});

it('shows enough of a secret to recognise it, and of a short one nothing', () => {
  expect(preview(`sk-${tail}`)).toBe('sk-Ab…Op5q');
  expect(preview('hunter2')).toBe('…');
});
