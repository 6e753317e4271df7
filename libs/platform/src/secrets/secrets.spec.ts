import { randomBytes } from 'node:crypto';
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addMasterKey,
  dropOldMasterKeys,
  findMasterKeys,
  loadMasterKeys,
  masterKeyFile,
  newMasterKey,
  parseMasterKeys,
} from './master-key';
import { SecretBox, SecretError } from './secret-box';

const key = (fill: number): Buffer => Buffer.alloc(32, fill);
const box = new SecretBox([key(1)]);

describe('SecretBox', () => {
  it('opens what it sealed, and shows nothing of it', () => {
    for (const plain of ['', 'sk-secret', '密钥 😀', 'x'.repeat(100_000)]) {
      const sealed = box.seal(plain, 'credential:1');
      expect(box.open(sealed, 'credential:1')).toBe(plain);
      if (plain) expect(sealed).not.toContain(plain);
    }
  });

  it('never seals the same text alike', () => {
    expect(box.seal('same', 'a')).not.toBe(box.seal('same', 'a'));
  });

  it('refuses a secret moved to another record', () => {
    const sealed = box.seal('secret', 'credential:1');
    expect(() => box.open(sealed, 'credential:2')).toThrow(SecretError);
  });

  it('detects every single changed bit', () => {
    const [format, id, text] = box.seal('secret', 'a').split('.') as [string, string, string];
    const body = Buffer.from(text, 'base64url');
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const changed = Buffer.from(body);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => box.open(`${format}.${id}.${changed.toString('base64url')}`, 'a')).toThrow(SecretError);
    }
  });

  it.each(['', 'plain text', 'v1', 'v1..', 'v2.00000000.AAAA', `v1.${box.currentKeyId}.AAAA`])('refuses %j', (text) => {
    expect(() => box.open(text, 'a')).toThrow(SecretError);
  });

  it('names the missing master key', () => {
    const other = new SecretBox([key(2)]);
    expect(() => other.open(box.seal('secret', 'a'), 'a')).toThrow(
      `sealed with master key ${box.currentKeyId}, this process has ${other.currentKeyId}`,
    );
  });

  it('opens what an older key sealed, and moves it to the current one', () => {
    const old = box.seal('secret', 'a');
    const rotated = new SecretBox([key(2), key(1)]);
    expect(rotated.open(old, 'a')).toBe('secret');
    expect(rotated.isCurrent(old)).toBe(false);
    const moved = rotated.reseal(old, 'a');
    expect(rotated.isCurrent(moved)).toBe(true);
    expect(new SecretBox([key(2)]).open(moved, 'a')).toBe('secret');
    expect(rotated.reseal(moved, 'a')).toBe(moved);
  });

  it('derives stable, separate keys', () => {
    expect(box.derive('jwt')).toEqual(new SecretBox([key(1)]).derive('jwt'));
    expect(box.derive('jwt')).toHaveLength(32);
    expect(box.derive('jwt', 64)).toHaveLength(64);
    expect(box.derive('jwt')).not.toEqual(box.derive('other'));
    expect(box.derive('jwt')).not.toEqual(new SecretBox([key(2)]).derive('jwt'));
  });
});

describe('master key', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'one-api-secrets-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('comes from MASTER_KEY, the current one first', () => {
    const [first, second] = [newMasterKey(), newMasterKey()];
    expect(
      loadMasterKeys({ masterKey: `${first}, ${second}`, dataDir }).map((each) => each.toString('base64')),
    ).toEqual([first, second]);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is made once, for the owner only, and found again', () => {
    const made = loadMasterKeys({ dataDir: join(dataDir, 'new', 'data') });
    const file = masterKeyFile(join(dataDir, 'new', 'data'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadMasterKeys({ dataDir: join(dataDir, 'new', 'data') })).toEqual(made);
    expect(readdirSync(join(dataDir, 'new', 'data'))).toEqual(['master.key']);
  });

  it.each(['EEXIST', 'EPERM'])('is the one of the process that was first (%s)', (code) => {
    const first = newMasterKey();
    jest.spyOn(fs, 'linkSync').mockImplementationOnce((_from, to) => {
      writeFileSync(to, first);
      throw Object.assign(new Error(code), { code });
    });
    expect(loadMasterKeys({ dataDir })).toEqual(parseMasterKeys(first, 'first'));
    expect(readdirSync(dataDir)).toEqual(['master.key']);
  });

  it('is made on a file system without hard links, too', () => {
    jest.spyOn(fs, 'linkSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    });
    const made = loadMasterKeys({ dataDir });
    expect(statSync(masterKeyFile(dataDir)).mode & 0o777).toBe(0o600);
    expect(loadMasterKeys({ dataDir })).toEqual(made);
  });

  it.each(['', 'not base64!', randomBytes(31).toString('base64'), `${newMasterKey()}\nrubbish`])(
    'stops the boot on a malformed file: %j',
    (text) => {
      writeFileSync(masterKeyFile(dataDir), text);
      expect(() => loadMasterKeys({ dataDir })).toThrow(/master\.key: expected 32 bytes in base64\. Restore it/);
      expect(readFileSync(masterKeyFile(dataDir), 'utf8')).toBe(text);
    },
  );

  it('is looked for without being made', () => {
    expect(findMasterKeys({ dataDir })).toBeNull();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('gets a successor, stays beside it, and is dropped when told to', () => {
    const [first] = loadMasterKeys({ dataDir });
    const [second, old] = addMasterKey(dataDir);
    expect(old).toEqual(first);
    expect(second).not.toEqual(first);
    expect(loadMasterKeys({ dataDir })).toEqual([second, first]);
    expect(dropOldMasterKeys(dataDir)).toEqual([second]);
    expect(loadMasterKeys({ dataDir })).toEqual([second]);
    expect(statSync(masterKeyFile(dataDir)).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['master.key']);
  });

  it('may be several lines', () => {
    expect(parseMasterKeys(`${newMasterKey()}\n${newMasterKey()}\n`, 'file')).toHaveLength(2);
  });
});
