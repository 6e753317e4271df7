import type { Route } from '@app/channels';
import type { Body } from '../../request/members';
import type { Edit } from '../../request/edits';

/** Where a body of Gemini's repeats the model of its path: in itself and in the requests it holds. */
const holders = ['generateContentRequest', 'generate_content_request', 'requests'];

/** `models/…`, as Gemini names a model outside its path. */
export const resourceOf = (model: string): string => (model.includes('/') ? model : `models/${model}`);

/**
 * Says the upstream's name of the model wherever the body names one, so that nobody is served another model than the one in the
 * path, which has been priced.
 */
export function modelEdits(body: Body, { upstreamModel }: Pick<Route, 'upstreamModel'>): readonly Edit[] {
  const text = JSON.stringify(resourceOf(upstreamModel));
  const inner = holders.flatMap((name) => {
    const member = body.get(name);
    if (member?.type === 'object') return [body.inside(member)];
    if (member?.type !== 'array') return [];
    return body.items(member).flatMap((item) => (item.type === 'object' ? [body.inside(item)] : []));
  });
  return [body, ...inner].flatMap((object) => {
    const named = object.get('model');
    return named ? [{ start: named.start, end: named.end, text }] : [];
  });
}
