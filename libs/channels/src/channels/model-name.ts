import { channelLimits } from './channel-limits';

const modelName = /^[A-Za-z0-9._:/@+-]+$/;
/** Some protocols put the model into the path. */
const dotSegment = /(^|\/)\.{1,2}(\/|$)/;

export const isModelName = (name: unknown): boolean =>
  typeof name === 'string' &&
  name.length <= channelLimits.modelLength &&
  modelName.test(name) &&
  !dotSegment.test(name);
