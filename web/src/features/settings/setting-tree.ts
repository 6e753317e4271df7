/** Settings as the API nests them: `relay.timeout.connectMs` → `{ relay: { timeout: { connectMs } } }`. */
export type Tree = Record<string, unknown>;

export function getIn(tree: Tree, path: string): unknown {
  return path.split('.').reduce<unknown>((node, word) => (isTree(node) ? node[word] : undefined), tree);
}

export function setIn(tree: Tree, path: string, value: unknown): Tree {
  const [word = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...tree, [word]: value };
  const branch = tree[word];
  return { ...tree, [word]: setIn(isTree(branch) ? branch : {}, rest.join('.'), value) };
}

/** The part of `after` that differs from `before`, at the given paths. */
export function changesAt(paths: readonly string[], before: Tree, after: Tree): Tree {
  return paths
    .filter((path) => JSON.stringify(getIn(before, path)) !== JSON.stringify(getIn(after, path)))
    .reduce<Tree>((changes, path) => setIn(changes, path, getIn(after, path)), {});
}

const isTree = (node: unknown): node is Tree => typeof node === 'object' && node !== null && !Array.isArray(node);
