import { type JsonObject, numberAt, textAt } from '../../json';

/** `{status: 400, code: 'invalid_param', message}`, in an event or as a whole answer. */
export const failure = (event: JsonObject): JsonObject => ({
  code: textAt(event, 'code'),
  status: numberAt(event, 'status'),
  message: textAt(event, 'message') ?? 'The app failed.',
});

export const isFailure = (answer: JsonObject): boolean =>
  answer.event === 'error' || (answer.answer === undefined && typeof answer.code === 'string');
