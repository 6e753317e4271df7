import { checkDeclarations, declaredSettings, defineSettings } from './define-settings';
import { boolean, integer } from './setting';
import { FixedSettings } from './settings';

const help = { en: 'x', zh: 'x' };
const on = boolean({ default: true, help });

describe('declarations', () => {
  it('name a setting by group and key, and can be read by the handle', () => {
    const handles = defineSettings('kitchen', { 'oven.degrees': integer({ default: 180, help }) });
    expect(handles['oven.degrees']).toMatchObject({ path: 'kitchen.oven.degrees', group: 'kitchen', default: 180 });
    expect(declaredSettings()).toContain(handles['oven.degrees']);
    expect(new FixedSettings().get(handles['oven.degrees'])).toBe(180);
  });

  it.each([
    ['two of one name', ['a.b', 'a.b'], 'a.b: declared twice'],
    ['one inside another', ['a.b', 'a.b.c'], 'a.b.c: a.b is a setting too'],
    ['a name no tree can hold', ['a.B c'], 'a.B c: names are dotted lowerCamelCase words'],
    ['a name of the object prototype', ['a.__proto__'], 'a.__proto__: names are dotted'],
  ])('refuse %s at boot', (_, paths, message) => {
    const settings = paths.map((path) => ({ ...on, path, group: 'a' }));
    expect(() => checkDeclarations(settings)).toThrow(message);
  });

  it('refuse a default that the setting itself would refuse', () => {
    const wrong = { ...integer({ default: 0, min: 1, help }), path: 'a.b', group: 'a' };
    expect(() => checkDeclarations([wrong])).toThrow('a.b: its default must be at least 1');
  });
});

describe('settings at fixed values', () => {
  const handles = defineSettings('lamp', { 'light.on': on, 'light.watts': integer({ default: 40, help }) });

  it('tell those who listen to a setting or to a branch above it, and nobody after they left', () => {
    const settings = new FixedSettings();
    const heard: string[] = [];
    settings.onChange(handles['light.on'], (paths) => void heard.push(`on:${paths}`));
    settings.onChange('lamp.light', (paths) => void heard.push(`light:${paths}`));
    settings.onChange('lamp.li', () => void heard.push('half a word'));
    const leave = settings.onChange('lamp', () => void heard.push('left'));
    leave();
    settings.set(handles['light.watts'], 60);
    expect(settings.get(handles['light.watts'])).toBe(60);
    expect(heard).toEqual(['light:lamp.light.watts']);
  });
});
