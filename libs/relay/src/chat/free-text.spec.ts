import { asFunction, FreeTextReader, unwrapFreeText, wrapFreeText } from './free-text';

const patch = '*** Begin Patch\n+ "quoted" \\ back 北京 🌍\u0001\n*** End Patch';

describe('free text for upstreams that know only functions', () => {
  it('describes a custom tool as a function with one field', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' };
    const dropped = new Set<string>();
    const tool = asFunction({ kind: 'custom', name: 'apply_patch', description: 'Edits files.', format }, dropped);
    expect(tool.description).toBe('Edits files.\n\nThe text must follow this grammar:\nstart: "x"');
    expect([...dropped]).toEqual(['tools[apply_patch].format']);
    expect(tool.parameters).toMatchObject({ required: ['free_text_input'], additionalProperties: false });
  });

  it('unwraps what it wrapped, and leaves calls of functions alone', () => {
    expect(unwrapFreeText(wrapFreeText(patch))).toBe(patch);
    expect(unwrapFreeText('{"path":"free_text_input"}')).toBeUndefined();
    expect(unwrapFreeText('{"free_text_input":"x","other":1}')).toBeUndefined();
    expect(unwrapFreeText('{}')).toBeUndefined();
  });

  it('unwraps arguments cut short', () => {
    expect(unwrapFreeText('{"free_text_input": "half a li')).toBe('half a li');
  });

  it('gives the same text however the arguments are cut', () => {
    for (const args of [wrapFreeText(patch), ` { "free_text_input" : "\\ud83c\\udf0d\\n" } `]) {
      for (let size = 1; size < 12; size++) {
        const reader = new FreeTextReader();
        let text = '';
        for (let at = 0; at < args.length; at += size) text += reader.push(args.slice(at, at + size));
        expect(text + reader.end()).toBe(unwrapFreeText(args));
        expect(reader.type).toBe('custom');
      }
    }
  });

  it('passes the arguments of a function on unchanged', () => {
    for (const args of ['{"free": 1}', '{}', '{"free_text_input":1}', '{"fr']) {
      const reader = new FreeTextReader();
      expect([...args].map((piece) => reader.push(piece)).join('') + reader.end()).toBe(args);
      expect(reader.type).toBe('function');
    }
  });
});
