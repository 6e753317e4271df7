import type { Citation } from '../../chat/blocks';
import { arrayAt, isObject, objectAt, textAt } from '../../json';

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html */
export function decodeCitation(value: unknown): Citation | undefined {
  if (!isObject(value)) return undefined;
  const url = textAt(objectAt(objectAt(value, 'location'), 'web'), 'url');
  const title = textAt(value, 'title') ?? textAt(value, 'source');
  const citedText = arrayAt(value, 'sourceContent')
    .map((part) => textAt(part, 'text') ?? '')
    .join('');
  return {
    ...(url ? { url } : {}),
    ...(title ? { title } : {}),
    ...(citedText ? { citedText } : {}),
    raw: { issuer: 'bedrock', value },
  };
}
