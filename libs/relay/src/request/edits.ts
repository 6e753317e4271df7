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
