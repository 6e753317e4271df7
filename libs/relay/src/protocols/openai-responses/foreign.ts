import type { Foreign, ForeignScope } from '../../lanes/wire';
import { dropMember, type Edit } from '../../request/edits';
import type { Body } from '../../request/members';
import { judgedOrEmpty, kept, type Verdict } from '../foreign-blocks';
import { isCarrier } from './carriers';
import { isMadeUp, isNameless } from './ids';

/** Items that the gateway made for another vendor's answer: OpenAI has no such ids, and cannot read what the items carry. */
export const foreignItems: Foreign = {
  // An envelope stands alone or behind its tag. A search that begins with a rare character is several times faster.
  marks: ['_oneapi_', '"oneapi1.', ':oneapi1.'],
  edits: (body, scope) => edited(body, scope, judge),
  withoutThoughts: (body, scope) => edited(body, scope, judgeUnreadable),
};

function edited(body: Body, { dropped }: ForeignScope, judgeItem: (item: Body) => Verdict): readonly Edit[] {
  return judgedOrEmpty(body, 'input', (item) => {
    const verdict = judgeItem(item);
    if (verdict === null) dropped.add('turns.reasoning');
    return verdict;
  });
}

function judge(item: Body): Verdict {
  const id = item.value('id');
  const isOurs = typeof id === 'string' && isMadeUp(id);
  const type = item.value('type');
  if (type === 'reasoning') {
    const encrypted = encryptedIn(item);
    const isEnvelope = encrypted !== '' && isCarrier(encrypted);
    if (isEnvelope || (isOurs && encrypted === '')) return null;
  }
  return isOurs && type !== 'item_reference' ? dropMember(item, 'id') : kept;
}

/** A call that is known by its id is refused without its thoughts, so ids go with them. */
function judgeUnreadable(item: Body): Verdict {
  const type = item.value('type');
  if (type === 'reasoning' && encryptedIn(item) !== '') return null;
  return isNameless(type) ? dropMember(item, 'id') : kept;
}

function encryptedIn(item: Body): string {
  const encrypted = item.value('encrypted_content');
  return typeof encrypted === 'string' ? encrypted : '';
}
