import { changesAt, getIn, setIn } from './setting-tree';

describe('the settings tree', () => {
  const tree = { relay: { timeout: { connectMs: 1, idleMs: 2 } }, users: { open: false } };

  it('reads by dotted path, and nothing where there is nothing', () => {
    expect(getIn(tree, 'relay.timeout.idleMs')).toBe(2);
    expect(getIn(tree, 'relay.timeout.idleMs.more')).toBeUndefined();
  });

  it('sets without touching what it was given', () => {
    const next = setIn(tree, 'relay.timeout.connectMs', 9);
    expect(getIn(next, 'relay.timeout.connectMs')).toBe(9);
    expect(getIn(tree, 'relay.timeout.connectMs')).toBe(1);
    expect(next.users).toBe(tree.users);
  });

  it('sends only what was changed', () => {
    const paths = ['relay.timeout.connectMs', 'relay.timeout.idleMs', 'users.open'];
    expect(changesAt(paths, tree, setIn(tree, 'users.open', true))).toEqual({ users: { open: true } });
    expect(changesAt(paths, tree, structuredClone(tree))).toEqual({});
  });
});
