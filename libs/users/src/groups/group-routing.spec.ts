import { fallbacksFor, plainRouting, routingOf } from './group-routing';

it('is the plain way where nothing is said', () => {
  expect(routingOf(undefined)).toEqual(plainRouting);
  expect(routingOf({ strategy: 'cheapest' })).toEqual({ ...plainRouting, strategy: 'cheapest' });
});

it.each([
  ['routing.strategy', { strategy: 'fastest' }],
  ['routing.affinity', { affinity: 'always' }],
  ['routing.hedgeAfterMs', { hedgeAfterMs: 10 }],
  ['routing.hedgeAfterMs', { hedgeAfterMs: 100.5 }],
  ['routing.fallbacks', { fallbacks: [] }],
  ['routing.fallbacks', { fallbacks: { 'bad name': ['b'] } }],
  ['routing.fallbacks.a', { fallbacks: { a: [] } }],
  ['routing.fallbacks.a', { fallbacks: { a: 'b' } }],
  ['routing.fallbacks.a', { fallbacks: { a: ['b', 'c', 'd', 'e', 'f', 'g'] } }],
  ['routing.fallbacks.a', { fallbacks: { a: ['a'] } }],
])('refuses %s of %j', (path, routing) => {
  expect(() => routingOf(routing as never)).toThrow(
    expect.objectContaining({
      code: 'invalid',
      extra: expect.objectContaining({ errors: [expect.objectContaining({ path })] }),
    }),
  );
});

it('finds the chain of a model, or that of any other', () => {
  const routing = routingOf({ fallbacks: { a: ['b', 'c'], '*': ['z'] } });
  expect(fallbacksFor(routing, 'a')).toEqual(['b', 'c']);
  expect(fallbacksFor(routing, 'q')).toEqual(['z']);
  expect(fallbacksFor(routing, 'z')).toEqual([]);
  expect(fallbacksFor(plainRouting, 'constructor')).toEqual([]);
});
