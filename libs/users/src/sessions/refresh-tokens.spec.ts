import { randomBytes } from 'node:crypto';
import { SecretBox } from '@app/platform/secrets';
import { RefreshTokens } from './refresh-tokens';

const sessionId = '0199f7a0-0000-7000-8000-000000000001';

describe('refresh tokens', () => {
  const tokens = new RefreshTokens(new SecretBox([randomBytes(32)]));
  const text = tokens.write({ sessionId, generation: 7 });

  it('say which token of which session they are', () => {
    expect(tokens.read(text)).toEqual({ sessionId, generation: 7 });
  });

  it.each([
    ['another generation', () => text.replace('.7.', '.8.')],
    ['another session', () => text.replace('0001.', '0002.')],
    ['a changed mac', () => text.slice(0, -2) + (text.endsWith('AA') ? 'BB' : 'AA')],
    ['a cut mac', () => text.slice(0, -1)],
    ['nothing', () => ''],
    ['something else', () => 'x'.repeat(100_000)],
    [
      'a token under another key',
      () => new RefreshTokens(new SecretBox([randomBytes(32)])).write({ sessionId, generation: 7 }),
    ],
  ])('do not take %s for ours', (_, forged) => expect(tokens.read(forged())).toBeNull());
});
