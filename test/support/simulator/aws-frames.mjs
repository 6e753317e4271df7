// @ts-check
import { crc32 } from 'node:zlib';

/**
 * One message of `application/vnd.amazon.eventstream`.
 * @param {Record<string, string>} headers
 * @param {string | Buffer} payload
 */
export function awsFrame(headers, payload) {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => textHeader(name, value)));
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(12 + head.length + body.length + 4, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, head, body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(message));
  return Buffer.concat([message, checksum]);
}

/**
 * @param {string} name
 * @param {string} value
 */
function textHeader(name, value) {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([Buffer.from([key.length]), key, Buffer.from([7]), length, text]);
}

/**
 * @param {string} name
 * @param {unknown} data
 */
export const awsEvent = (name, data) =>
  awsFrame(
    { ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' },
    JSON.stringify(data),
  );

/**
 * @param {string} name
 * @param {string} message
 */
export const awsException = (name, message) =>
  awsFrame(
    { ':exception-type': name, ':content-type': 'application/json', ':message-type': 'exception' },
    JSON.stringify({ message }),
  );

/**
 * A model's own event as InvokeModel wraps it.
 * @param {unknown} data
 */
export const awsChunk = (data) =>
  awsEvent('chunk', { bytes: Buffer.from(JSON.stringify(data)).toString('base64'), p: 'abcdefghij' });
