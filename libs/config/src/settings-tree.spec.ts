import { boolean, integer, type Setting, type SettingSpec, type SettingValue, text } from './setting';
import { toTree, TreeReader } from './settings-tree';

const help = { en: 'x', zh: 'x' };
const named = (path: string, spec: SettingSpec<SettingValue>): Setting => ({ ...spec, path, group: 'relay' });

const reader = new TreeReader([
  named('relay.timeout.connectMs', integer({ default: 10_000, min: 100, help })),
  named('relay.timeout.idleMs', integer({ default: 60_000, help })),
  named('relay.on', boolean({ default: true, help })),
  named('site.name', text({ default: '', help })),
]);

const read = (patch: unknown) => {
  const { wanted, errors } = reader.read(patch);
  return { wanted: Object.fromEntries(wanted.map(({ setting, value }) => [setting.path, value])), errors };
};

describe('a patch of the settings tree', () => {
  it.each([
    ['nested', { relay: { timeout: { connectMs: 500 } } }],
    ['dotted', { 'relay.timeout.connectMs': 500 }],
    ['mixed', { relay: { 'timeout.connectMs': 500 } }],
  ])('may be %s', (_, patch) => {
    expect(read(patch)).toEqual({ wanted: { 'relay.timeout.connectMs': 500 }, errors: [] });
  });

  it('takes null as "back to the default"', () => {
    expect(read({ relay: { on: null } }).wanted).toEqual({ 'relay.on': null });
  });

  it('reports every fault by the dotted name', () => {
    const patch = { relay: { timeout: { connectMs: 5, idleMs: 'x', readMs: 1 }, on: 1 }, nowhere: { a: { b: 1 } } };
    expect(read(patch).errors).toEqual([
      { path: 'relay.timeout.connectMs', message: 'must be at least 100' },
      { path: 'relay.timeout.idleMs', message: 'must be an integer' },
      { path: 'relay.timeout.readMs', message: 'is not a setting' },
      { path: 'relay.on', message: 'must be true or false' },
      { path: 'nowhere', message: 'is not a setting' },
    ]);
  });

  it('refuses one setting given in two spellings', () => {
    const { errors } = read({ relay: { on: true }, 'relay.on': false });
    expect(errors).toEqual([{ path: 'relay.on', message: 'is given twice' }]);
  });

  it.each([
    ['null', null, ''],
    ['a list', [], ''],
    ['a text', 'relay', ''],
    ['a branch set to a value', { relay: 5 }, 'relay'],
    ['a branch set to null', { relay: { timeout: null } }, 'relay.timeout'],
    ['a branch set to a list', { relay: [] }, 'relay'],
  ])('refuses %s', (_, patch, path) => {
    expect(read(patch)).toEqual({ wanted: {}, errors: [{ path, message: 'must be an object of settings' }] });
  });

  it.each(['__proto__', 'constructor', 'toString'])('knows no setting called %s', (name) => {
    const patch: unknown = JSON.parse(`{"${name}":{"x":1},"relay":{"${name}":1}}`);
    expect(read(patch).errors.map(({ path }) => path)).toEqual([name, `relay.${name}`]);
    expect(Object.prototype).not.toHaveProperty('x');
  });

  it('answers a flood of wrong names with a bounded list', () => {
    const patch = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${'n'.repeat(500)}${index}`, 1]));
    const { errors } = read(patch);
    expect(errors.length).toBeLessThanOrEqual(50);
    expect(Math.max(...errors.map(({ path }) => path.length))).toBeLessThanOrEqual(200);
  });
});

it('a tree is built from dotted names and reads back as the same', () => {
  const values = { 'relay.timeout.connectMs': 200, 'relay.timeout.idleMs': 3, 'relay.on': false, 'site.name': 'x' };
  const tree = toTree(Object.entries(values));
  expect(tree).toEqual({ relay: { timeout: { connectMs: 200, idleMs: 3 }, on: false }, site: { name: 'x' } });
  expect(read(tree)).toEqual({ wanted: values, errors: [] });
});
