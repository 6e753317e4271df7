import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { ChunkWriter } from './chunk-writer';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connection that keeps what is written to it; `taken` lets the next piece through. */
function connection(highWaterMark = 1024 * 1024) {
  const pieces: Buffer[] = [];
  const waiting: (() => void)[] = [];
  let held = false;
  const stream = new Writable({
    highWaterMark,
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      if (held) waiting.push(done);
      else done();
    },
  });
  return {
    pieces,
    socket: stream as unknown as Socket, // the part of it that is used
    hold: () => (held = true),
    take: () => {
      held = false;
      waiting.splice(0).forEach((done) => done());
    },
    bytes: () => Buffer.concat(pieces).toString('latin1'),
  };
}

it('makes one chunk of what one tick brings', async () => {
  const { socket, pieces } = connection();
  const chunks = new ChunkWriter(socket);
  chunks.write('data: 1\n\n');
  chunks.write(Buffer.from('data: ä\n\n'));
  expect(pieces).toHaveLength(0);
  await tick();
  chunks.write('data: 3\n\n');
  await tick();
  expect(pieces.map((piece) => piece.toString('utf8'))).toEqual([
    '13\r\ndata: 1\n\ndata: ä\n\n\r\n',
    '9\r\ndata: 3\n\n\r\n',
  ]);
});

it('keeps the order around a large piece, which is not copied', async () => {
  const { socket, bytes } = connection();
  const chunks = new ChunkWriter(socket);
  const large = Buffer.alloc(20_000, 'x');
  chunks.write('before');
  chunks.write(large);
  chunks.write('after');
  await tick();
  expect(bytes()).toBe(`6\r\nbefore\r\n4e20\r\n${large.toString('latin1')}\r\n5\r\nafter\r\n`);
});

it('writes what waits before the answer ends, once', async () => {
  const { socket, bytes } = connection();
  const chunks = new ChunkWriter(socket);
  chunks.write('last');
  chunks.flush();
  socket.write('0\r\n\r\n');
  await tick();
  expect(bytes()).toBe('4\r\nlast\r\n0\r\n\r\n');
});

it('does not keep back more than a few kilobytes', () => {
  const { socket, pieces } = connection();
  const chunks = new ChunkWriter(socket);
  for (let n = 0; n < 10; n += 1) chunks.write('y'.repeat(10_000));
  expect(pieces).toHaveLength(1);
});

it('asks to hold back while the connection is full, and says when it is not', async () => {
  const { socket, hold, take } = connection(4);
  hold();
  const chunks = new ChunkWriter(socket);
  expect(chunks.write('first')).toBe(true);
  await tick();
  expect(chunks.write('second')).toBe(false);
  const resumed = new Promise<void>((resolve) => chunks.onDrain(resolve));
  await tick();
  take();
  await resumed;
  expect(chunks.write('third')).toBe(true);
});

it('forgets what waits for a connection that has closed', async () => {
  const { socket, pieces } = connection();
  const chunks = new ChunkWriter(socket);
  chunks.write('too late');
  socket.destroy();
  await tick();
  expect(pieces).toHaveLength(0);
});
