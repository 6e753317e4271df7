import type { Follow } from '../../chat/face';
import { type JsonObject, objectAt, textAt } from '../../json';
import { isOver } from './prediction';

const POLL_MS = 1_000;

/** Where the rest of a prediction is: its stream, or itself a little later. */
export function follow(prediction: JsonObject, stream: boolean, baseUrl: string): Follow | undefined {
  if (isOver(prediction)) return undefined;
  const urls = objectAt(prediction, 'urls');
  const streamUrl = stream ? textAt(urls, 'stream') : undefined;
  const url = streamUrl ?? textAt(urls, 'get');
  if (url === undefined || !mayFollow(url, baseUrl)) return undefined;
  const cancelUrl = textAt(urls, 'cancel');
  const cancel = cancelUrl !== undefined && mayFollow(cancelUrl, baseUrl) ? { cancelUrl } : {};
  return streamUrl === undefined
    ? { url, accept: 'application/json', afterMs: POLL_MS, ...cancel }
    : { url, accept: 'text/event-stream', afterMs: 0, ...cancel };
}

/** The key goes with the question: an answer may not send it anywhere but to the upstream, or to Replicate's own hosts. */
function mayFollow(text: string, baseUrl: string): boolean {
  if (!URL.canParse(text) || !URL.canParse(baseUrl)) return false;
  const [url, base] = [new URL(text), new URL(baseUrl)];
  if (url.origin === base.origin) return true;
  const isReplicate = (host: string) => /(^|\.)replicate\.(com|net)$/.test(host);
  return url.protocol === 'https:' && isReplicate(url.hostname) && isReplicate(base.hostname);
}
