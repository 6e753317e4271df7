import { plainRouting } from '@app/users';
import { affinityOf } from './affinity';
import { Body } from './request/members';

const of = (
  body: object,
  { affinity = 'session', userId = 'u', session }: { affinity?: string; userId?: string; session?: string } = {},
) =>
  affinityOf({
    caller: { userId, routing: { ...plainRouting, affinity } } as never, // what it reads
    body: Body.parse(Buffer.from(JSON.stringify(body))),
    ...(session !== undefined && { session }),
  });

const messages = [{ role: 'user', content: 'hello' }];

it.each([
  ['prompt_cache_key', { prompt_cache_key: 'a' }, { prompt_cache_key: 'b' }],
  ['user', { user: 'a' }, { user: 'b' }],
  ["Anthropic's metadata.user_id", { metadata: { user_id: 'a' } }, { metadata: { user_id: 'b' } }],
])('%s names a session', (_, one, other) => {
  expect(of({ ...one, messages })).toBe(of({ ...one, messages: [] }));
  expect(of({ ...one, messages })).not.toBe(of({ ...other, messages }));
});

it('is a header, where the body names none', () => {
  expect(of({ messages }, { session: 's' })).toBe(of({ messages: [] }, { session: 's' }));
  expect(of({ user: 'a' }, { session: 's' })).toBe(of({ user: 'a' }));
});

it('is not shared by two users', () => {
  expect(of({ user: 'a' })).not.toBe(of({ user: 'a' }, { userId: 'v' }));
});

it.each([[{ messages }], [{ user: '' }], [{ user: 7 }], [{ metadata: null }]])('%j goes anywhere', (body) => {
  expect(of(body)).toBeUndefined();
});

it('goes anywhere where the group wants no affinity', () => {
  expect(of({ user: 'a' }, { affinity: 'off' })).toBeUndefined();
});

describe('by what calls begin with', () => {
  const prefix = (body: object) => of(body, { affinity: 'prefix' });
  const system = { role: 'system', content: 'x'.repeat(600) };

  it('is the same for the turns of a conversation', () => {
    expect(prefix({ messages: [system, ...messages] })).toBe(prefix({ messages: [system, ...messages, ...messages] }));
  });

  it('differs with instructions or tools', () => {
    expect(prefix({ instructions: 'a', input: 'x' })).not.toBe(prefix({ instructions: 'b', input: 'x' }));
    expect(prefix({ tools: [1], messages })).not.toBe(prefix({ tools: [2], messages }));
  });
});
