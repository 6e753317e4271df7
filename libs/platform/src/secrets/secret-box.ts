import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const FORMAT = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

interface SealKey {
  /** Names the master key inside sealed text; tells nothing about it. */
  readonly id: string;
  readonly cipherKey: Buffer;
}

/** Whether text looks like what `SecretBox.seal` makes. */
export const isSealed = (text: string): boolean => /^v1\.[0-9a-f]{8}\.[\w-]{38,}$/.test(text);

/** A secret that cannot be opened: damaged, sealed for another place, or under a key this process does not have. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Seals secrets at rest: AES-256-GCM under a key derived from the master key. The text is
 * `v1.<key id>.<base64url of iv ‖ ciphertext ‖ tag>`. `context` says what the secret belongs to (`credential:<id>`) and is
 * authenticated: a sealed value copied into another row does not open there.
 */
export class SecretBox {
  private readonly current: SealKey;
  private readonly keys: ReadonlyMap<string, SealKey>;

  /** `masterKeys` are 32 bytes each; the first seals and derives, the others only open what they sealed once. */
  constructor(private readonly masterKeys: readonly Buffer[]) {
    const [current, ...older] = masterKeys.map(sealKey);
    if (current === undefined) throw new SecretError('no master key');
    this.current = current;
    this.keys = new Map([current, ...older].map((key) => [key.id, key]));
  }

  get currentKeyId(): string {
    return this.current.id;
  }

  seal(plain: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.current.cipherKey, iv).setAAD(Buffer.from(context));
    const body = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${FORMAT}.${this.current.id}.${body.toString('base64url')}`;
  }

  open(sealed: string, context: string): string {
    const { key, body } = this.parse(sealed);
    const decipher = createDecipheriv('aes-256-gcm', key.cipherKey, body.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(context))
      .setAuthTag(body.subarray(-TAG_BYTES));
    try {
      return decipher.update(body.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw new SecretError('sealed secret does not open: it was changed, or belongs to another record');
    }
  }

  /** False for what an older master key sealed: `reseal` it. */
  isCurrent(sealed: string): boolean {
    return sealed.startsWith(`${FORMAT}.${this.current.id}.`);
  }

  /** The same secret under the current key. */
  reseal(sealed: string, context: string): string {
    return this.isCurrent(sealed) ? sealed : this.seal(this.open(sealed, context), context);
  }

  /** Key material for another purpose (`jwt`), by HKDF. Changes when the current master key changes. */
  derive(label: string, bytes = 32): Buffer {
    return hkdf(this.masterKeys[0]!, `derive:${label}`, bytes);
  }

  private parse(sealed: string): { key: SealKey; body: Buffer } {
    const [format, id = '', text = ''] = sealed.split('.');
    const body = Buffer.from(text, 'base64url');
    if (format !== FORMAT || body.length < IV_BYTES + TAG_BYTES) throw new SecretError('not a sealed secret');
    const key = this.keys.get(id);
    if (key !== undefined) return { key, body };
    const known = [...this.keys.keys()].join(', ');
    throw new SecretError(`sealed with master key ${id}, this process has ${known}: add the old key to MASTER_KEY`);
  }
}

const hkdf = (masterKey: Buffer, label: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, 'one-api', label, bytes));

const sealKey = (masterKey: Buffer): SealKey => ({
  id: hkdf(masterKey, 'id', 4).toString('hex'),
  cipherKey: hkdf(masterKey, 'seal', 32),
});
