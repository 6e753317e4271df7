import { endingDetails, foreignBlock, type Losses, onlyInResponses } from '../../chat/losses';

/** Gemini has a form for sources of every kind, for pictures, sound and probabilities. */
export const losses: Losses = {
  ...onlyInResponses,
  block: foreignBlock('gemini', []),
  finish: endingDetails('gemini'),
};
