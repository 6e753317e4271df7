import { endingDetails, foreignBlock, type Losses, onlyInResponses, placeless } from '../../chat/losses';

/** Blocks that only their own protocol knows have no place in a message; sources without an address none in its annotations. */
export const losses: Losses = {
  ...onlyInResponses,
  block: foreignBlock(null, []),
  citation: placeless(({ url }) => url !== undefined),
  finish: endingDetails(null),
};
