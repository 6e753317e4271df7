import type { Foreign, ForeignScope } from '../../lanes/wire';
import { dropMember, type Edit } from '../../request/edits';
import type { Body, Member } from '../../request/members';
import { itemsOf, judged, judgedOrEmpty, kept, replaced, type Verdict } from '../foreign-blocks';
import { NO_SIGNATURE, readSignature, SEALED } from './signatures';

/** Signatures of other vendors stood in an envelope: Gemini would refuse it as one of its own. */
export const foreignSignatures: Foreign = {
  marks: [SEALED],
  edits: (body, scope) => edited(body, (part) => judge(part, scope)),
  withoutThoughts: (body, scope) =>
    edited(body, (part) => {
      const place = placeIn(part);
      return place ? unsigned(part, place, scope) : kept;
    }),
};

const edited = (body: Body, judgePart: (part: Body) => Verdict): readonly Edit[] =>
  judgedOrEmpty(body, 'contents', (content) => judged(content, itemsOf(content, 'parts'), judgePart));

function placeIn(part: Body): Member | undefined {
  const place = part.get('thoughtSignature') ?? part.get('thought_signature');
  return place?.type === 'string' ? place : undefined;
}

function judge(part: Body, scope: ForeignScope): Verdict {
  const place = placeIn(part);
  if (!place) return kept;
  const value = String(part.value(place.name));
  const { signature } = readSignature(value);
  if (signature.issuer === 'gemini') return signature.value === value ? kept : [replaced(place, signature.value)];
  return unsigned(part, place, scope);
}

function unsigned(part: Body, place: Member, { dropped }: ForeignScope): Verdict {
  if (part.value('thought') === true) {
    dropped.add('turns.reasoning');
    return null;
  }
  dropped.add('turns.signature');
  const isCall = part.get('functionCall') !== undefined || part.get('function_call') !== undefined;
  if (isCall) return [replaced(place, NO_SIGNATURE)];
  // A part that was nothing but a carrier says nothing.
  return part.value('text') === '' || part.all.length === 1 ? null : dropMember(part, place.name);
}
