import { Body } from '../request/members';
import type { FormEvents, PartHead } from './form-scanner';
import { GrowingBytes } from './growing-bytes';

/** The longest prompt is 32 000 characters. Of longer values (recordings of voices), and beyond the sum, only the size is kept. */
const MAX_VALUE_BYTES = 128 * 1024;
const MAX_VALUES_BYTES = 2 * 1024 * 1024;

/** Bytes of the body, from the first to before the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A file of the form, as its fields tell of it. */
export interface FormFile extends Span {
  /** Of its field. */
  readonly name: string;
  readonly filename: string;
  readonly contentType: string | undefined;
}

/** A file as the fields show it. */
interface ToldFile {
  readonly filename: string;
  readonly bytes: number;
  /** Of a recording. */
  seconds?: number;
}

/** Fields that the gateway reads and that JSON knows as something other than text. */
const readAs: Readonly<Record<string, (text: string) => unknown>> = {
  stream: (text) => ({ true: true, false: false, 1: true, 0: false, '': null })[text.toLowerCase()] ?? text,
  n: (text) => (/^\d{1,6}$/.test(text) ? Number(text) : text === '' ? null : text),
};

/** Collects a form's fields, and where its files and the model's name lie. */
export class FormFields implements FormEvents {
  readonly files: FormFile[] = [];
  /** The value of the field `model`. */
  model: Span | undefined;
  private readonly values = new Map<string, unknown[]>();
  private readonly several = new Set<string>();
  private readonly told = new Map<FormFile, ToldFile>();
  private current: PartHead | null = null;
  private value = new GrowingBytes();
  private valueBytes = 0;
  private keptBytes = 0;

  part(head: PartHead): void {
    this.current = head;
    this.value = new GrowingBytes();
    this.valueBytes = 0;
  }

  data(bytes: Buffer): void {
    this.valueBytes += bytes.length;
    if (this.current?.filename !== undefined) return;
    if (this.valueBytes > MAX_VALUE_BYTES || this.keptBytes + bytes.length > MAX_VALUES_BYTES) return this.forget();
    this.keptBytes += bytes.length;
    this.value.append(bytes);
  }

  end(at: number): void {
    const { current } = this;
    if (!current) return;
    const { name, filename, contentType, start } = current;
    const span = { start, end: at };
    this.current = null;
    if (filename !== undefined) return this.file({ name: plain(name), filename, contentType, ...span }, name);
    if (name === 'model') this.model = span;
    this.add(name, this.text(plain(name)));
  }

  /** Notes how long the recording in a file is. */
  lasts(file: FormFile, seconds: number): void {
    const told = this.told.get(file);
    if (told) told.seconds = seconds;
  }

  /** The fields as a JSON body that says the same: a file is told by its name and size, what occurs twice is a list. */
  body(): Body {
    const members = [...this.values].map(([name, values]) => [name, this.several.has(name) ? values : values[0]]);
    return Body.parse(Buffer.from(JSON.stringify(Object.fromEntries(members)), 'utf8'));
  }

  private file(file: FormFile, name: string): void {
    const told = { filename: file.filename, bytes: file.end - file.start };
    this.files.push(file);
    this.told.set(file, told);
    this.add(name, told);
  }

  private forget(): void {
    this.keptBytes -= this.value.length;
    this.value = new GrowingBytes();
  }

  private text(name: string): unknown {
    if (this.value.length < this.valueBytes) return { bytes: this.valueBytes };
    const text = this.value.all.toString('utf8');
    return readAs[name]?.(text) ?? text;
  }

  private add(name: string, value: unknown): void {
    const key = plain(name);
    const before = this.values.get(key);
    if (before || key !== name) this.several.add(key);
    if (before) before.push(value);
    else this.values.set(key, [value]);
  }
}

/** Lists are spelled `image[]` by OpenAI's own SDKs. */
const plain = (name: string): string => (name.endsWith('[]') ? name.slice(0, -2) : name);
