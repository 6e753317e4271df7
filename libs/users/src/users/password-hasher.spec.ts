import * as argon2 from '@node-rs/argon2';
import { assertPassword, PasswordHasher } from './password-hasher';

/** What decides how much work a hash is: everything but what its salt and its key are. */
const shapeOf = (hash: string): string => hash.replace(/[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/, '…');

describe('PasswordHasher', () => {
  it('makes argon2id hashes that only the password opens', async () => {
    const hasher = new PasswordHasher();
    const hash = await hasher.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await expect(hasher.verify(hash, 'correct horse')).resolves.toBe(true);
    await expect(hasher.verify(hash, 'correct horsf')).resolves.toBe(false);
  });

  it('does the same work for an unknown user as for a known one', async () => {
    const hasher = new PasswordHasher();
    const hash = await hasher.hash('correct horse');
    const verify = jest.spyOn(argon2, 'verify');
    await hasher.verify(hash, 'wrong');
    await hasher.verify(null, 'wrong');
    const [known, unknown] = verify.mock.calls.map(([against]) => shapeOf(String(against)));
    expect(unknown).toEqual(known);
    verify.mockRestore();
  });

  it('does not accept any password for an unknown user', async () => {
    await expect(new PasswordHasher().verify(null, '')).resolves.toBe(false);
  });

  it('refuses work instead of queueing without end', async () => {
    const hasher = new PasswordHasher();
    const tries = Array.from({ length: 100 }, () => hasher.verify(null, 'x'));
    const results = await Promise.allSettled(tries);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(100 - 66);
    expect(refused[0]).toMatchObject({ reason: { code: 'unavailable' } });
    await expect(hasher.verify(null, 'x')).resolves.toBe(false);
  });

  it.each(['', 'short', 'x'.repeat(129)])('refuses %j as a new password', (password) => {
    expect(() => assertPassword(password)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});
