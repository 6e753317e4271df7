import type { Block } from './blocks';
import type { Part } from './parts';
import type { ChatReply } from './reply';

/** A whole answer as the parts a stream would have had: each block in one delta. `fold` of it is the answer again. */
export function unfold(reply: ChatReply): Part[] {
  const { id, model, created, serviceTier, fingerprint, usage } = reply;
  const parts: Part[] = [{ kind: 'start', id, model, created, serviceTier, fingerprint }];
  let number = 0;
  for (const { index, blocks, logprobs, finish } of reply.candidates) {
    for (const block of blocks) parts.push(...partsOf(block, number++, index));
    if (logprobs !== undefined) parts.push({ kind: 'logprobs', candidate: index, value: logprobs });
    parts.push({ kind: 'finish', candidate: index, finish });
  }
  if (usage) parts.push({ kind: 'usage', usage });
  return parts;
}

function partsOf(value: Block, block: number, candidate: number): Part[] {
  const end: Part = { kind: 'block-end', block };
  const signed: Part[] =
    'signature' in value && value.signature
      ? [
          {
            kind: 'signature',
            block,
            signature: value.signature,
            ...(value.kind === 'reasoning' && value.redacted ? { redacted: true } : {}),
          },
        ]
      : [];
  switch (value.kind) {
    case 'text':
      return [
        { kind: 'text-start', block, candidate, ...(value.phase ? { phase: value.phase } : {}) },
        { kind: 'text-delta', block, text: value.text },
        ...(value.citations ?? []).map((citation): Part => ({ kind: 'citation', block, citation })),
        ...signed,
        end,
      ];
    case 'refusal':
      return [{ kind: 'refusal-start', block, candidate }, { kind: 'text-delta', block, text: value.text }, end];
    case 'reasoning':
      return [
        { kind: 'reasoning-start', block, candidate, ...(value.id ? { id: value.id } : {}) },
        ...(value.text ? [{ kind: 'text-delta', block, text: value.text } as const] : []),
        ...(value.summary ?? []).map((text, summary): Part => ({ kind: 'text-delta', block, text, summary })),
        ...signed,
        end,
      ];
    case 'tool-call': {
      const { id, name, type, namespace, input } = value;
      return [
        { kind: 'tool-call-start', block, candidate, id, name, type, ...(namespace ? { namespace } : {}) },
        { kind: 'input-delta', block, text: input },
        ...signed,
        end,
      ];
    }
    case 'image':
    case 'audio':
    case 'opaque':
      return [{ kind: 'block', block, candidate, value }];
    default:
      return []; // files, videos and tool results do not occur in answers
  }
}
