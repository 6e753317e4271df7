import type { ImageBlock, Source } from '../chat/blocks';

/** Endings by which OpenAI knows what a file is, where they are not the media type's own word. */
const endings: Readonly<Record<string, string>> = {
  plain: 'txt',
  markdown: 'md',
  javascript: 'js',
  'x-yaml': 'yaml',
  msword: 'doc',
  'vnd.ms-excel': 'xls',
  'vnd.ms-powerpoint': 'ppt',
  'vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'octet-stream': 'bin',
};

/** A name for bytes that have none: OpenAI wants one, and goes by its ending. */
export function fileNameFor(mediaType: string): string {
  const [type = ''] = mediaType.toLowerCase().split(';');
  const subtype = type.slice(type.indexOf('/') + 1).trim();
  const known = Object.hasOwn(endings, subtype) ? endings[subtype] : undefined;
  const word = subtype.replace(/^.*[.+]/, '').replace(/[^a-z0-9]/g, '');
  return `file.${known ?? (word || 'bin')}`;
}

/** A picture sent as a file is one to every model that sees. Its name has no place beside a picture. */
export const pictureFile = (source: Source, name: string | undefined): ImageBlock => ({
  kind: 'image',
  source,
  ...(name ? { extra: { issuer: 'openai', fields: { filename: name } } } : {}),
});
