// @ts-check
import { createHash } from 'node:crypto';

/**
 * @typedef {object} FormFile a file of a form, as it arrived
 * @property {string} field
 * @property {string} filename
 * @property {string} type
 * @property {number} bytes
 * @property {string} sha256
 */

/**
 * A form as the JSON body that says the same, with its files under `$files`. Read by Node's own parser, which knows nothing of
 * the gateway's.
 * @param {Buffer} raw
 * @param {string} contentType
 * @returns {Promise<Record<string, any>>}
 */
export async function readForm(raw, contentType) {
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': contentType } }).formData();
  /** @type {Record<string, any>} */
  const body = { $files: [] };
  for (const [field, value] of form) {
    if (typeof value === 'string') body[field] = value;
    else body.$files.push(await describe(field, value));
  }
  return body;
}

/**
 * @param {string} field
 * @param {File} file
 * @returns {Promise<FormFile>}
 */
async function describe(field, file) {
  const bytes = Buffer.from(await file.arrayBuffer());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { field, filename: file.name, type: file.type, bytes: bytes.length, sha256 };
}
