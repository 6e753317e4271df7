import { isObject } from './json';
import type { RelayRequest } from './relay.types';
import type { Body } from './request/members';

/** Where the beginnings of conversations lie, in all protocols: what never changes first. */
const PREFIX_MEMBERS = ['tools', 'system', 'instructions', 'systemInstruction', 'messages', 'input', 'contents'];
const PREFIX_BYTES = 512;

type Asked = Pick<RelayRequest, 'caller'> & Partial<Pick<RelayRequest, 'body' | 'session'>>;

/**
 * A number that calls have in common which should meet the same prompt cache: those of one named session, or (if the group wants
 * it) that begin alike. Undefined: the call may go anywhere. Never the same for two users but by chance.
 */
export function affinityOf({ caller, body, session }: Asked): number | undefined {
  const affinity = caller.routing?.affinity ?? 'off';
  if (affinity === 'off' || !body) return undefined;
  const named = sessionOf(body) ?? session;
  if (named !== undefined) return hashText(named, hashText(caller.userId));
  return affinity === 'prefix' ? prefixOf(body, hashText(caller.userId)) : undefined;
}

/** OpenAI's `prompt_cache_key` and `user`, Anthropic's `metadata.user_id` (which Claude Code makes one per session). */
function sessionOf(body: Body): string | undefined {
  for (const name of ['prompt_cache_key', 'user']) {
    const value = body.get(name) && body.value(name);
    if (typeof value === 'string' && value !== '') return value;
  }
  const metadata = body.get('metadata') && body.value('metadata');
  const userId = isObject(metadata) ? metadata.user_id : undefined;
  return typeof userId === 'string' && userId !== '' ? userId : undefined;
}

function prefixOf(body: Body, seed: number): number | undefined {
  let hash = seed;
  let found = false;
  for (const name of PREFIX_MEMBERS) {
    const member = body.get(name);
    if (!member) continue;
    found = true;
    const end = Math.min(member.end, member.start + PREFIX_BYTES);
    for (let at = member.start; at < end; at++) hash = Math.imul(hash ^ body.bytes[at]!, FNV_PRIME);
  }
  return found ? hash >>> 0 : undefined;
}

const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;

/** FNV-1a, 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashText(text: string, seed = FNV_OFFSET): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash >>> 0;
}
