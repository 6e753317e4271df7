import { badRequest } from '../relay.errors';

/** Who a part of a form is. */
export interface Disposition {
  readonly name: string;
  /** Present: the part is a file. */
  readonly filename?: string;
  readonly contentType?: string;
}

/** `key=value` with the value quoted or not, after a semicolon. A quote inside is escaped, or written `%22`. */
const PARAMETER = /\s*;\s*([\w!#$&+.^`|~*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))\s*/y;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;

/** Reads the headers of a part, without the empty line. Whatever could be read in two ways is refused. Throws RelayError 400. */
export function readPartHead(text: string): Disposition {
  const headers = headersOf(text);
  const disposition = headers.get('content-disposition');
  if (disposition === undefined) throw malformed('a part has no Content-Disposition');
  const parameters = parametersOf(disposition);
  const name = parameters.get('name');
  if (name === undefined || name === '') throw malformed('a part has no name');
  if (name.includes('\\') || name.includes('%22')) throw malformed('the name of a part holds a quote or a backslash');
  const filename = parameters.get('filename') ?? parameters.get('filename*');
  const contentType = headers.get('content-type');
  return { name, ...(filename !== undefined && { filename }), ...(contentType !== undefined && { contentType }) };
}

function headersOf(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined) throw malformed('a part has a header that is none');
    const key = name.toLowerCase();
    if (headers.has(key)) throw malformed(`a part has two headers ${name}`);
    headers.set(key, value);
  }
  return headers;
}

function parametersOf(disposition: string): Map<string, string> {
  const kind = /^form-data(?=\s*(;|$))/i.exec(disposition);
  if (!kind) throw malformed('a Content-Disposition is not form-data');
  const parameters = new Map<string, string>();
  for (PARAMETER.lastIndex = kind[0].length; PARAMETER.lastIndex < disposition.length;) {
    const [, name, quoted, plain] = PARAMETER.exec(disposition) ?? [];
    if (name === undefined) throw malformed('a Content-Disposition cannot be read');
    const key = name.toLowerCase();
    if (parameters.has(key)) throw malformed(`a Content-Disposition says ${name} twice`);
    parameters.set(key, quoted ?? plain ?? '');
  }
  return parameters;
}

const BOUNDARY = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i;

/** The boundary a `content-type` announces. Throws RelayError 400 where there is none. */
export function boundaryOf(contentType: string): string {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed('its content type names no boundary');
  if (boundary.length > 70 || /[^\x20-\x7e]/.test(boundary)) throw malformed('its boundary is not one');
  return boundary;
}

const malformed = (why: string): Error => badRequest(`The request body is not a valid multipart form: ${why}.`);
