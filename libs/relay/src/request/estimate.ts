/** Rule of thumb over all tokenizers and scripts: four bytes of UTF-8 make a token. Used where the upstream tells nothing. */
const BYTES_PER_TOKEN = 4;

/** What an inline image or file is taken to cost, whatever its size in bytes. */
const TOKENS_PER_ATTACHMENT = 1_000;

const BASE64_MARK = ';base64,';

export const tokensOfBytes = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN);

/** Input tokens of a request body, before anybody has counted them. Base64 data does not count as text. */
export function estimateInputTokens(body: Buffer): number {
  let textBytes = body.length;
  let attachments = 0;
  for (let at = body.indexOf(BASE64_MARK); at >= 0;) {
    const end = body.indexOf(34, at);
    if (end < 0) break;
    if (isDataUrl(body, at)) {
      textBytes -= end - at;
      attachments += 1;
    }
    at = body.indexOf(BASE64_MARK, end);
  }
  return tokensOfBytes(textBytes) + attachments * TOKENS_PER_ATTACHMENT;
}

const MEDIA_TYPE_LENGTH = 100;
const SAMPLE = 256;

/** `"data:<type>;base64,` followed by what really is base64: text that only looks like it is text. */
function isDataUrl(body: Buffer, mark: number): boolean {
  const before = body.toString('latin1', Math.max(0, mark - MEDIA_TYPE_LENGTH), mark);
  const start = mark + BASE64_MARK.length;
  return (
    /"data:[\w.+/-]*(;[\w=.-]+)*$/.test(before) &&
    /^[\w+/=-]*("|$)/.test(body.toString('latin1', start, start + SAMPLE))
  );
}
