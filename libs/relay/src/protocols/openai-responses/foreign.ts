import type { Foreign } from '../../lanes/wire';
import { dropMember } from '../../request/edits';
import type { Body } from '../../request/members';
import { judgedOrEmpty, kept, type Verdict } from '../foreign-blocks';
import { isCarrier } from './carriers';
import { isMadeUp } from './ids';

/** Items that the gateway made for another vendor's answer: OpenAI has no such ids, and cannot read what the items carry. */
export const foreignItems: Foreign = {
  // An envelope stands alone or behind its tag. A search that begins with a rare character is several times faster.
  marks: ['_oneapi_', '"oneapi1.', ':oneapi1.'],
  edits: (body) => judgedOrEmpty(body, 'input', judge),
};

function judge(item: Body): Verdict {
  const id = item.value('id');
  const isOurs = typeof id === 'string' && isMadeUp(id);
  const type = item.value('type');
  if (type === 'reasoning') {
    const encrypted = item.value('encrypted_content');
    const isReadable = typeof encrypted === 'string' && encrypted !== '' && !isCarrier(encrypted);
    const isEnvelope = typeof encrypted === 'string' && isCarrier(encrypted);
    if (isEnvelope || (isOurs && !isReadable)) return null;
  }
  return isOurs && type !== 'item_reference' ? dropMember(item, 'id') : kept;
}
