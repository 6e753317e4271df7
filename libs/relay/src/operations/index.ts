/** operations: what is asked of an upstream besides chat, each with its own look at requests, answers and usage. */
import type { Operation, Protocol } from '@app/providers';
import type { Wire } from '../lanes/wire';
import { wireOf } from '../protocols/faces';
import { completions } from './completions';
import { embeddings } from './embeddings';
import { images } from './images';
import { moderations } from './moderations';
import { rerank } from './rerank';

const wires: Readonly<Partial<Record<Operation, Wire>>> = { completions, embeddings, images, moderations, rerank };

/** How a call's bytes are read: by its operation, and for chat by its protocol. */
export const wireFor = ({
  operation,
  protocol,
}: {
  readonly operation: Operation;
  readonly protocol: Protocol;
}): Wire => wires[operation] ?? wireOf(protocol);

/** Only chat has a neutral form; any other operation needs an upstream that speaks it itself. */
export const isTranslatable = (operation: Operation): boolean => operation === 'chat';
