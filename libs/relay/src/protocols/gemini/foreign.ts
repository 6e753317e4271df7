import type { Foreign } from '../../lanes/wire';
import { dropMember } from '../../request/edits';
import type { Body } from '../../request/members';
import { itemsOf, judged, judgedOrEmpty, kept, replaced, type Verdict } from '../foreign-blocks';
import { NO_SIGNATURE, readSignature, SEALED } from './signatures';

/** Signatures of other vendors stood in an envelope: Gemini would refuse it as one of its own. */
export const foreignSignatures: Foreign = {
  marks: [SEALED],
  edits: (body) => judgedOrEmpty(body, 'contents', (content) => judged(content, itemsOf(content, 'parts'), judge)),
};

function judge(part: Body): Verdict {
  const place = part.get('thoughtSignature') ?? part.get('thought_signature');
  if (place?.type !== 'string') return kept;
  const value = String(part.value(place.name));
  const { signature } = readSignature(value);
  if (signature.issuer === 'gemini') return signature.value === value ? kept : [replaced(place, signature.value)];
  if (part.value('thought') === true) return null;
  const isCall = part.get('functionCall') !== undefined || part.get('function_call') !== undefined;
  if (isCall) return [replaced(place, NO_SIGNATURE)];
  // A part that was nothing but a carrier says nothing.
  return part.value('text') === '' || part.all.length === 1 ? null : dropMember(part, place.name);
}
