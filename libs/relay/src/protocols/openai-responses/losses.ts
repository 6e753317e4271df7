import { both, endingDetails, foreignBlock, type Losses, onlyFirst } from '../../chat/losses';
import type { PartOf } from '../../chat/parts';

/** One answer; sound becomes what was said. Foreign blocks are carried, so that they come back, but nobody sees what is in them. */
export const losses: Losses = {
  'text-start': onlyFirst,
  'refusal-start': onlyFirst,
  'reasoning-start': onlyFirst,
  'tool-call-start': onlyFirst,
  block: both(onlyFirst, foreignBlock('openai', ['audio'])),
  finish: both<PartOf<'finish'>>(onlyFirst, endingDetails(null)),
};
