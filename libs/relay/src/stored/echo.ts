import type { JsonObject } from '../json';
import { applyEdits, setMember } from '../request/edits';
import { Body } from '../request/members';

/** JSON with these members set in it, or in the object at `path` inside it; as it came where it is none. Every other byte stays. */
export function withEcho(bytes: Buffer, path: readonly string[], echo: JsonObject): Buffer {
  try {
    const whole = Body.parse(bytes);
    const target = path.reduce<Body | null>((body, name) => {
      const member = body?.get(name);
      return body && member?.type === 'object' ? body.inside(member) : null;
    }, whole);
    if (!target) return bytes;
    const edits = Object.entries(echo).map(([name, value]) => setMember(target, name, value));
    return applyEdits(whole, edits);
  } catch {
    return bytes;
  }
}
