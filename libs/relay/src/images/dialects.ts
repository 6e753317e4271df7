import type { Route } from '@app/channels';
import { geminiImages } from './gemini';
import type { ImageDialect } from './image';
import { imagen } from './imagen';
import { replicateImages } from './replicate';

/** How the route's model is asked to draw. */
export function dialectFor({ channel, protocol, upstreamModel }: Route): ImageDialect {
  if (protocol === 'replicate') return replicateImages;
  return channel.provider.shapeOf?.('images', upstreamModel) === 'predict' ? imagen : geminiImages;
}
