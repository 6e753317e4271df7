import { createBrotliDecompress, createGunzip, createInflate, constants, type Gunzip } from 'node:zlib';

/** Bytes on their way through a decoder; `write` returns false when the sender should pause. */
export interface Decoder {
  write(chunk: Buffer): void;
  end(): void;
  destroy(): void;
}

interface Output {
  data(chunk: Buffer): void;
  end(): void;
  error(error: Error): void;
}

const zlibOptions = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

const makers: Readonly<Record<string, () => Gunzip>> = {
  gzip: () => createGunzip(zlibOptions),
  'x-gzip': () => createGunzip(zlibOptions),
  deflate: () => createInflate(zlibOptions),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
};

/** A decoder for a `content-encoding`, or null when the bytes are plain. Upstreams compress although nobody asked them to. */
export function decoderFor(encoding: string | undefined, output: Output): Decoder | null {
  const make = makers[(encoding ?? '').trim().toLowerCase()];
  if (!make) return null;
  const stream = make();
  stream.on('data', output.data).on('end', output.end).on('error', output.error);
  return {
    write: (chunk) => void stream.write(chunk),
    end: () => void stream.end(),
    destroy: () => void stream.destroy(),
  };
}
