import { assertPassword, PasswordHasher } from './password-hasher';

describe('PasswordHasher', () => {
  it('makes argon2id hashes that only the password opens', async () => {
    const hasher = new PasswordHasher();
    const hash = await hasher.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await expect(hasher.verify(hash, 'correct horse')).resolves.toBe(true);
    await expect(hasher.verify(hash, 'correct horsf')).resolves.toBe(false);
  });

  it('spends as long on an unknown user as on a known one', async () => {
    const hasher = new PasswordHasher();
    const hash = await hasher.hash('correct horse');
    const time = async (stored: string | null) => {
      const runs: number[] = [];
      for (let run = 0; run < 5; run++) {
        const start = process.cpuUsage();
        await hasher.verify(stored, 'wrong');
        const { user, system } = process.cpuUsage(start);
        runs.push(user + system);
      }
      return Math.min(...runs);
    };
    const [known, unknown] = [await time(hash), await time(null)];
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
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
