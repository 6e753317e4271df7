import { isObject, type JsonObject } from '../json';

interface Names {
  /** As the caller calls it, and as the upstream does. */
  readonly model: string;
  readonly upstreamModel: string;
}

/** Where the settings of a session name a model: its own, and that of a session that only transcribes; the last two are the beta's. */
const places: readonly (readonly string[])[] = [
  ['model'],
  ['audio', 'input', 'transcription', 'model'],
  ['input_audio_transcription', 'model'],
];

/** The settings of a session with the upstream's name for its model; the same object where they do not name it. */
export function nameModel(session: unknown, { model, upstreamModel }: Names): unknown {
  if (model === upstreamModel) return session;
  return places.reduce((named, path) => replaced(named, path, model, upstreamModel), session);
}

function replaced(value: unknown, [name, ...rest]: readonly string[], from: string, to: string): unknown {
  if (name === undefined) return value === from ? to : value;
  if (!isObject(value) || !Object.hasOwn(value, name)) return value;
  const inner = replaced(value[name], rest, from, to);
  return inner === value[name] ? value : ({ ...value, [name]: inner } satisfies JsonObject);
}
