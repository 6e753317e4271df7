import { badRequest } from '../relay.errors';
import type { Body, JsonType } from '../request/members';

/** Fields the gateway itself needs or that clients most often get wrong; everything else is the upstream's to judge. */
export interface Expected {
  readonly required: readonly string[];
  readonly types: Readonly<Record<string, readonly JsonType[]>>;
}

type Words = (type: JsonType) => string;

/** Throws 400 naming the field, its types in OpenAI's words or those of `words`. Null stands for absent. */
export function checkFields(body: Body, { required, types }: Expected, words: Words = (type) => type): void {
  for (const name of required) {
    if ((body.get(name)?.type ?? 'null') === 'null') throw badRequest(`Missing required parameter: '${name}'.`, name);
  }
  for (const name of Object.keys(types)) {
    const allowed = types[name] as readonly JsonType[]; // its own key
    const member = body.get(name);
    if (!member || member.type === 'null' || allowed.includes(member.type)) continue;
    throw badRequest(
      `Invalid type for '${name}': expected ${allowed.map(words).join(' or ')}, but got ${words(member.type)} instead.`,
      name,
    );
  }
}

/** `an array`: how OpenAI's chat and Responses API name a type. */
export const withArticle: Words = (type) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
