import type { ImageRequest } from './image';

/** What of a size is lost where only proportions can be named. */
const TOLERATED = 0.03;

/** The nearest of a model's proportions (`16:9`), and whether it is as good as the size. */
export function aspectOf(
  { width, height }: NonNullable<ImageRequest['size']>,
  known: readonly string[],
): { readonly ratio: string; readonly isClose: boolean } {
  const wanted = Math.log(width / height);
  const [nearest] = known
    .map((ratio) => ({ ratio, distance: Math.abs(Math.log(valueOf(ratio)) - wanted) }))
    .sort((a, b) => a.distance - b.distance);
  return { ratio: nearest?.ratio ?? '1:1', isClose: (nearest?.distance ?? 1) <= TOLERATED };
}

function valueOf(ratio: string): number {
  const [width = 1, height = 1] = ratio.split(':').map(Number);
  return width / height;
}

/** The vendors' words for the longer side. */
export function resolutionOf({ width, height }: NonNullable<ImageRequest['size']>): '1K' | '2K' | '4K' {
  const longer = Math.max(width, height);
  if (longer >= 3000) return '4K';
  return longer >= 2000 ? '2K' : '1K';
}
