import { type Protocol, protocols, quirksOf } from '@app/providers';
import { clientFace, upstreamFace } from '../protocols/faces';
import { RelayError } from '../relay.errors';
import { unlessTooDeep } from './depth';
import { Body } from './members';

/** More levels than the stack holds. */
const LEVELS = 50_000;
const deep = `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`;

const user = '"messages":[{"role":"user","content":"x"}]';
const bodies: Readonly<Record<Protocol, string>> = {
  'openai-chat': `{"model":"m",${user},"tools":[{"type":"function","function":{"name":"f","parameters":${deep}}}]}`,
  'openai-responses': `{"model":"m","input":"x","tools":[{"type":"function","name":"f","parameters":${deep}}]}`,
  'anthropic-messages': `{"model":"m",${user},"tools":[{"name":"f","input_schema":${deep}}]}`,
  gemini: `{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":${deep}}}]}]}`,
};

describe('a request nested deeper than anything reads', () => {
  it.each(protocols)('is refused: %s', (protocol) => {
    const translated = () => {
      const body = Body.parse(Buffer.from(bodies[protocol]));
      const chat = body.readOnce((value) => clientFace(protocol).decodeRequest(value, { model: 'm' }));
      const to = protocol === 'anthropic-messages' ? 'openai-chat' : 'anthropic-messages';
      return unlessTooDeep(() => JSON.stringify(upstreamFace(to).encodeRequest(chat, quirksOf({}, to)).body));
    };
    let error: unknown;
    try {
      translated();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RelayError);
    expect(error).toMatchObject({ status: 400 });
  });

  it('lets other errors pass', () => {
    const other = new TypeError('x');
    expect(() =>
      unlessTooDeep(() => {
        throw other;
      }),
    ).toThrow(other);
  });
});
