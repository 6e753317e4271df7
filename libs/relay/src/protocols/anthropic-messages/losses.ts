import {
  both,
  endingDetails,
  foreignBlock,
  type Losses,
  named,
  onlyFirst,
  onlyInResponses,
  placeless,
} from '../../chat/losses';
import type { PartOf } from '../../chat/parts';
import { encodeCitation } from './citations';

/** One answer, without probabilities; sound becomes what was said. */
export const losses: Losses = {
  'text-start': both(onlyFirst, onlyInResponses['text-start']),
  'refusal-start': onlyFirst,
  'reasoning-start': onlyFirst,
  'tool-call-start': both(onlyFirst, onlyInResponses['tool-call-start']),
  block: both(onlyFirst, foreignBlock('anthropic', ['audio'])),
  citation: placeless((citation) => encodeCitation(citation) !== undefined),
  logprobs: named('logprobs'),
  finish: both<PartOf<'finish'>>(onlyFirst, endingDetails('anthropic')),
};
