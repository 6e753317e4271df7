/** operations: what is asked of an upstream besides chat, each with its own look at requests, answers and usage. */
import type { Operation, Protocol } from '@app/providers';
import type { Wire } from '../lanes/wire';
import { wireOf } from '../protocols/faces';
import type { Body } from '../request/members';
import { completions } from './completions';
import { embeddings } from './embeddings';
import { imageEdits, images, imageVariations } from './images';
import { moderations } from './moderations';
import { rerank } from './rerank';
import { speech } from './speech';
import { transcriptions } from './transcriptions';

const wires: Readonly<Partial<Record<Operation, Wire>>> = {
  completions,
  embeddings,
  images,
  'image-edits': imageEdits,
  'image-variations': imageVariations,
  moderations,
  rerank,
  speech,
  transcriptions,
  translations: transcriptions,
};

/** How a call's bytes are read: by its operation, and for chat by its protocol. */
export const wireFor = ({
  operation,
  protocol,
}: {
  readonly operation: Operation;
  readonly protocol: Protocol;
}): Wire => wires[operation] ?? wireOf(protocol);

/** Whether a call's answer is to come in events, where its body says so. */
export function wantsStream(operation: Operation, body: Body): boolean {
  return wires[operation]?.wantsStream?.(body) ?? body.value('stream') === true;
}

/** Only chat has a neutral form; any other operation needs an upstream that speaks it itself. */
export const isTranslatable = (operation: Operation): boolean => operation === 'chat';
