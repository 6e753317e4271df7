import { findProvider } from '@app/providers';
import { applyEdits } from '../request/edits';
import { Body } from '../request/members';
import { parameterEdits } from './parameter-edits';
import { renamedFor } from './renamed';

function sent(body: object, operation: 'rerank' | 'embeddings', id = 'voyage'): unknown {
  const read = Body.parse(Buffer.from(JSON.stringify(body)));
  // Of the route only the provider is looked at.
  const route = { channel: { provider: findProvider(id) } } as unknown as Parameters<typeof renamedFor>[1];
  return JSON.parse(applyEdits(read, parameterEdits(read, renamedFor({ operation, body: read }, route))).toString());
}

const asked = { query: 'q', documents: ['a', 'b'] };

it('limits Voyage’s ranking by the name Voyage has for it', () => {
  expect(sent({ ...asked, top_n: 1 }, 'rerank')).toEqual({ ...asked, top_k: 1 });
  expect(sent({ top_n: 1, ...asked }, 'rerank')).toEqual({ ...asked, top_k: 1 });
  expect(sent({ ...asked, top_n: 1, top_k: 2 }, 'rerank')).toEqual({ ...asked, top_k: 2 });
});

it('leaves all else alone', () => {
  expect(sent(asked, 'rerank')).toEqual(asked);
  expect(sent({ input: 'x', top_n: 1 }, 'embeddings')).toEqual({ input: 'x', top_n: 1 });
  expect(sent({ ...asked, top_n: 1 }, 'rerank', 'jina')).toEqual({ ...asked, top_n: 1 });
});
