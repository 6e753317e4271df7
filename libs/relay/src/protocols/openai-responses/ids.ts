import { createHash } from 'node:crypto';

/** What ids of each kind of item begin with. */
const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
  image_generation_call: 'ig',
  web_search_call: 'ws',
  file_search_call: 'fs',
  code_interpreter_call: 'ci',
  computer_call: 'cu',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcpl',
  mcp_approval_request: 'mcpr',
};

/** Tells ids made up here from those of a store at OpenAI, which would be looked up there. */
const MARK = '_oneapi_';

const bare = (seed: string): string => seed.replace(/^(req|resp)_/, '').replace(/[^a-zA-Z0-9]/g, '');

/** The same for the same answer, another for every other one. */
export const itemId = (type: string, seed: string, number: number): string =>
  `${prefixes[type] ?? 'item'}${MARK}${bare(seed)}_${number}`;

export const isMadeUp = (id: string): boolean => id.includes(MARK);

/** `resp_…`: the upstream's own where it has one, else made from the request's id. */
export const responseId = (id: string | undefined, requestId: string): string =>
  id?.startsWith('resp_') ? id : `resp_${bare(requestId)}`;

/** An id for a call whose upstream named none. */
export const madeUpCallId = (seed: string, number: number): string =>
  `call_${bare(seed).slice(-SEED_LENGTH)}_${number}`;

const SEED_LENGTH = 24;
const MAX_LENGTH = 64;

/** A call's id as OpenAI accepts it. The same id always becomes the same one, so that results keep finding their calls. */
export const fittingCallId = (id: string): string =>
  id.length <= MAX_LENGTH ? id : `call_${createHash('sha256').update(id).digest('hex').slice(0, SEED_LENGTH)}`;

const nameless: ReadonlySet<unknown> = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
]);

/** Items whose id means something only where they were made; without it they are taken everywhere. */
export const isNameless = (type: unknown): boolean => nameless.has(type);
