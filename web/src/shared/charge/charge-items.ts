import type { TFunction } from 'i18next';

const items = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'audioIn',
  'imageIn',
  'output',
  'reasoning',
  'audioOut',
  'imageOut',
  'images',
  'seconds',
  'characters',
  'requests',
  'webSearch',
  'webFetch',
  'fileSearch',
  'codeExecution',
  'googleSearch',
  'groundedAnswer',
  'adjustment',
] as const;

type Item = (typeof items)[number];

const isItem = (item: string): item is Item => (items as readonly string[]).includes(item);

/** What was used, in words; what this console does not know yet by the server's own word. */
export const itemLabel = (item: string, t: TFunction): string => (isItem(item) ? t(`charge.item.${item}`) : item);
