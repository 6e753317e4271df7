/** `/v1beta/models/{model}:{method}`, as Google's SDKs call it. A model's name may hold slashes and colons; the method is last. */
export interface ModelPath {
  readonly model: string;
  readonly method: string;
}

const PREFIX = /^\/v1beta\/(?:models\/)?/;

/** Null where the path names no method. */
export function modelPath(path: string): ModelPath | null {
  const rest = decoded(path.replace(PREFIX, ''));
  const colon = rest.lastIndexOf(':');
  return colon <= 0 ? null : { model: rest.slice(0, colon), method: rest.slice(colon + 1) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
