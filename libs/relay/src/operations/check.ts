import { badRequest } from '../relay.errors';
import type { Body, JsonType } from '../request/members';

/** Fields the gateway itself needs or that clients most often get wrong; everything else is the upstream's to judge. */
export interface Expected {
  readonly required: readonly string[];
  readonly types: Readonly<Record<string, readonly JsonType[]>>;
}

/** Throws 400 naming the field. */
export function checkFields(body: Body, { required, types }: Expected): void {
  for (const name of required) {
    if (!body.get(name)) throw badRequest(`Missing required parameter: '${name}'.`, name);
  }
  for (const [name, allowed] of Object.entries(types)) {
    const member = body.get(name);
    if (!member || allowed.includes(member.type) || (member.type === 'null' && !required.includes(name))) continue;
    throw badRequest(
      `Invalid type for '${name}': expected ${allowed.join(' or ')}, but got ${member.type} instead.`,
      name,
    );
  }
}
