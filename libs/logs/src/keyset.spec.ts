import { DomainError } from '@app/core';
import { decodeCursor, encodeCursor } from './keyset';

describe('a cursor', () => {
  const position = { createdAt: 1_764_000_000_000, id: 'req_0193f1a2b3c47d5e8f90123456789abc' };

  it('reads back as the position it was made from', () => {
    expect(decodeCursor(encodeCursor(position))).toEqual(position);
  });

  it('fits in a URL unescaped', () => {
    expect(encodeCursor(position)).toMatch(/^[\w-]+$/);
  });

  it.each(['', 'x', 'null', '1764.id', encodeCursor(position).slice(1), `${encodeCursor(position)}=`, '%00', 'é'])(
    'nobody issued is refused: %p',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(DomainError);
    },
  );

  it('with something else inside is refused', () => {
    const forged = Buffer.from("1.' OR 1=1 --").toString('base64url');
    expect(() => decodeCursor(forged)).toThrow('cursor');
  });
});
