import { type JsonObject, numberAt, textAt } from '../../json';

/** `{code: 4100, msg}`, in an event or as a whole answer. */
export const failure = (error: JsonObject | undefined): JsonObject => ({
  code: numberAt(error, 'code'),
  message: textAt(error, 'msg') ?? 'The bot failed.',
});
