import type { Signature } from '../../chat/blocks';
import { FreeTextReader } from '../../chat/free-text';
import type { Part } from '../../chat/parts';
import { isObject, type JsonObject, numberAt, objectAt, textAt } from '../../json';
import type { Emit, Numbering } from './numbering';

interface Call {
  upstreamId: string;
  name: string;
  type: 'function' | 'custom' | undefined;
  readonly reader: FreeTextReader;
  /** Known once the call is announced. */
  block: number | undefined;
  /** Input that came before the name. */
  early: string;
  signature: Signature | undefined;
  open: boolean;
}

/**
 * `tool_calls` of deltas (or of a whole message) → tool call blocks. A call goes by its index; Mistral and some others send whole
 * calls without, others the same index for every call. A call is announced with its name, once its first characters tell whether
 * it stands for a free-text tool.
 */
export class CallReader {
  /** Any call was seen. */
  seen = false;
  private readonly calls: Call[] = [];
  private readonly byIndex = new Map<number, Call>();
  private readonly signatures = new Map<string, Signature>();
  private legacy: Call | undefined;

  constructor(
    private readonly candidate: number,
    private readonly numbering: Numbering,
    private readonly emit: Emit<Part>,
    /** Told before a call begins: text ends then. */
    private readonly onStart: () => void,
  ) {}

  read(entry: unknown): void {
    if (!isObject(entry)) return;
    const body = objectAt(entry, 'function') ?? objectAt(entry, 'custom') ?? entry;
    const id = textAt(entry, 'id') ?? '';
    const name = textAt(body, 'name') ?? '';
    const call = this.find(numberAt(entry, 'index'), id, name);
    if (entry.type === 'custom' || entry.custom != null) call.type = 'custom';
    if (id && !call.upstreamId) call.upstreamId = id;
    if (name && !call.name) call.name = name;
    const signature = thoughtSignature(entry);
    if (signature) this.signCall(call, signature);
    this.grow(call, inputOf(body));
  }

  /** The deprecated `function_call`: one, without id. Zero values (Snowflake) are none. */
  readLegacy(entry: JsonObject): void {
    const name = textAt(entry, 'name') ?? '';
    if (!name && !this.legacy) return;
    this.legacy ??= this.create('', name);
    this.grow(this.legacy, inputOf(entry));
  }

  /** A signature told apart from its call (OpenRouter, by id), perhaps before it. */
  sign(id: string, signature: Signature): void {
    const call = this.calls.find(({ upstreamId }) => upstreamId === id);
    if (call) this.signCall(call, signature);
    else this.signatures.set(id, signature);
  }

  /** A signature of the whole message: Gemini wants it back on the first call. False: that one is signed, or there is none. */
  signFirst(signature: Signature): boolean {
    const [first] = this.calls;
    if (!first || first.signature) return false;
    this.signCall(first, signature);
    return true;
  }

  close(): void {
    for (const call of this.calls) {
      if (!call.open) continue;
      call.open = false;
      this.pass(call, call.reader.end());
      this.announce(call);
      this.emit({ kind: 'block-end', block: call.block ?? 0 });
    }
  }

  /** Signatures whose calls never came. */
  unclaimed(): readonly Signature[] {
    return [...this.signatures.values()];
  }

  private find(index: number | undefined, id: string, name: string): Call {
    const known = index === undefined ? this.unnumbered(id, name) : this.byIndex.get(index);
    const another = known && id !== '' && name !== '' && known.upstreamId !== '' && known.upstreamId !== id;
    if (known && !another) return known;
    const call = this.create(id, name);
    if (index !== undefined) this.byIndex.set(index, call);
    return call;
  }

  private unnumbered(id: string, name: string): Call | undefined {
    if (id) return this.calls.find(({ upstreamId }) => upstreamId === id);
    return name ? undefined : this.calls.at(-1);
  }

  private create(upstreamId: string, name: string): Call {
    const call: Call = {
      upstreamId,
      name,
      type: undefined,
      reader: new FreeTextReader(),
      block: undefined,
      early: '',
      signature: undefined,
      open: true,
    };
    this.calls.push(call);
    this.seen = true;
    return call;
  }

  private grow(call: Call, piece: string): void {
    if (piece === '') return;
    if (call.name) this.pass(call, call.early + piece);
    else call.early += piece;
    if (call.name) call.early = '';
  }

  /** Custom tools' input is free text as it is; what looks like a function may stand for one. */
  private pass(call: Call, piece: string): void {
    const { reader } = call;
    const text = call.type === 'custom' ? piece : reader.push(piece);
    if (call.type === undefined && reader.type === undefined) return;
    call.type ??= reader.type;
    this.announce(call);
    if (text) this.emit({ kind: 'input-delta', block: call.block ?? 0, text });
  }

  private announce(call: Call): void {
    if (call.block !== undefined) return;
    this.onStart();
    const { upstreamId, name } = call;
    const block = (call.block = this.numbering.block());
    const id = upstreamId || this.numbering.callId();
    this.emit({ kind: 'tool-call-start', block, candidate: this.candidate, id, name, type: call.type ?? 'function' });
    const signature = call.signature ?? this.signatures.get(upstreamId);
    this.signatures.delete(upstreamId);
    if (signature) this.emit({ kind: 'signature', block, signature });
    call.signature = signature;
  }

  private signCall(call: Call, signature: Signature): void {
    if (call.signature) return;
    call.signature = signature;
    if (call.block !== undefined) this.emit({ kind: 'signature', block: call.block, signature });
  }
}

/** https://ai.google.dev/gemini-api/docs/thought-signatures — `extra_content` of a call or a message. */
export function thoughtSignature(value: unknown): Signature | undefined {
  const signature = textAt(objectAt(objectAt(value, 'extra_content'), 'google'), 'thought_signature');
  return signature ? { issuer: 'gemini', value: signature } : undefined;
}

/** `arguments` is a text; some servers send the object itself. */
function inputOf(body: JsonObject): string {
  const input = body.arguments ?? body.input;
  if (typeof input === 'string') return input;
  return input == null ? '' : JSON.stringify(input);
}
