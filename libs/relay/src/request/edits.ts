import type { Body } from './members';

/** Replaces the bytes from `start` to `end` by `text`; `start === end` inserts. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The body with the edits applied; every other byte stays the caller's own. */
export function applyEdits(body: Body, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return body.bytes;
  const parts: Buffer[] = [];
  let from = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(body.bytes.subarray(from, edit.start), Buffer.from(edit.text, 'utf8'));
    from = edit.end;
  }
  parts.push(body.bytes.subarray(from));
  return Buffer.concat(parts);
}

/** Sets an outermost member to a JSON value, in place or at the end. */
export function setMember(body: Body, name: string, value: unknown): Edit {
  const member = body.get(name);
  const text = JSON.stringify(value);
  if (member) return { start: member.start, end: member.end, text };
  return { start: body.close, end: body.close, text: `${body.isEmpty ? '' : ','}${JSON.stringify(name)}:${text}` };
}

const COMMA = 44;
const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

/** Takes an outermost member out, with the comma that set it apart; nothing where it is absent. */
export function dropMember(body: Body, name: string): readonly Edit[] {
  const member = body.get(name);
  if (!member) return [];
  const { bytes } = body;
  let after = member.end;
  while (isSpace(bytes[after])) after += 1;
  if (bytes[after] === COMMA) return [{ start: member.keyStart, end: after + 1, text: '' }];
  let before = member.keyStart - 1;
  while (isSpace(bytes[before])) before -= 1;
  return [{ start: bytes[before] === COMMA ? before : member.keyStart, end: member.end, text: '' }];
}
