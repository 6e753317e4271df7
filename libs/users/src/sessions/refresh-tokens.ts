import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '@app/platform/secrets';

/** Which refresh token of which session. */
export interface RefreshToken {
  readonly sessionId: string;
  readonly generation: number;
}

const shape = /^([0-9a-f-]{36})\.(\d{1,9})\.([A-Za-z0-9_-]{43})$/;

/**
 * Refresh tokens are `<session>.<generation>.<mac>`. Nothing of them is stored: the mac proves that we made it, the generation
 * in the session's row says whether it is the one in force. A guessed token therefore never counts as a reused one.
 */
@Injectable()
export class RefreshTokens {
  private readonly secret: Buffer;

  constructor(secrets: SecretBox) {
    this.secret = secrets.derive('refresh-token');
  }

  write({ sessionId, generation }: RefreshToken): string {
    return `${sessionId}.${generation}.${this.mac(sessionId, generation).toString('base64url')}`;
  }

  /** Null for what we did not write. */
  read(text: string): RefreshToken | null {
    const [, sessionId, number, mac] = shape.exec(text) ?? [];
    if (sessionId === undefined || mac === undefined) return null;
    const generation = Number(number);
    const given = Buffer.from(mac, 'base64url');
    return timingSafeEqual(given, this.mac(sessionId, generation)) ? { sessionId, generation } : null;
  }

  private mac(sessionId: string, generation: number): Buffer {
    return createHmac('sha256', this.secret).update(`${sessionId}.${generation}`).digest();
  }
}
