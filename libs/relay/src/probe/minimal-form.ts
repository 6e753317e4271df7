import type { UpstreamCall } from '../transport/transport';

const BOUNDARY = 'oneapi-probe-7d1f3c';
const RATE = 16_000;
const HEADER_BYTES = 44;

/** A form with half a second of silence, which is as short as every vendor takes. */
export function minimalForm(address: Omit<UpstreamCall, 'body' | 'dropped'>, model: string): UpstreamCall {
  const head = [
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n`,
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="silence.wav"\r\n`,
    'content-type: audio/wav\r\n\r\n',
  ].join('');
  const body = Buffer.concat([Buffer.from(head), silence(RATE / 2), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  const headers = { ...address.headers, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  return { ...address, headers, body, dropped: [] };
}

/** 16-bit mono. http://soundfile.sapp.org/doc/WaveFormat/ */
function silence(samples: number): Buffer {
  const data = samples * 2;
  const wav = Buffer.alloc(HEADER_BYTES + data);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(HEADER_BYTES - 8 + data, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(data, 40);
  return wav;
}
