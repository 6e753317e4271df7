import type { UseFormReturnType } from '@mantine/form';
import { useState, type FormEvent } from 'react';
import { ApiError, type FieldProblem } from '@/api/problem';
import type { FormProblem } from '@/shared/ui/problem-alert';

export interface Submit {
  readonly onSubmit: (event?: FormEvent<HTMLFormElement>) => void;
  readonly pending: boolean;
  readonly problem: FormProblem | null;
}

/**
 * Sends a form and puts the server's field errors beside the fields; what fits no field goes to `problem`.
 * `intent` is the value of the submit button that was pressed, for forms with more than one.
 */
export function useSubmit<Values extends object>(
  form: UseFormReturnType<Values>,
  send: (values: Values, intent: string) => Promise<unknown>,
): Submit {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<FormProblem | null>(null);

  const submit = async (values: Values, intent: string) => {
    setPending(true);
    setProblem(null);
    try {
      await send(values, intent);
    } catch (error) {
      setProblem(placeErrors(form, error));
    } finally {
      setPending(false);
    }
  };
  return {
    onSubmit: form.onSubmit(
      (values, event) => void submit(values, intentOf(event)),
      (errors) => focusFirst(form, Object.keys(errors)),
    ),
    pending,
    problem,
  };
}

function intentOf(event: FormEvent<HTMLFormElement> | undefined): string {
  const { submitter } = (event?.nativeEvent ?? {}) as Partial<SubmitEvent>;
  return submitter instanceof HTMLButtonElement ? submitter.value : '';
}

function focusFirst<Values extends object>(form: UseFormReturnType<Values>, names: readonly string[]): void {
  const [name] = names;
  if (name) form.getInputNode(name)?.focus();
}

function placeErrors<Values extends object>(form: UseFormReturnType<Values>, error: unknown): FormProblem | null {
  if (!(error instanceof ApiError)) return { error, unplaced: [] };
  const placed: string[] = [];
  const unplaced: FieldProblem[] = [];
  for (const field of error.fields) {
    const name = fieldName(form.getValues(), field.path);
    if (!name) {
      unplaced.push(field);
      continue;
    }
    form.setFieldError(name, field.message);
    placed.push(name);
  }
  focusFirst(form, placed);
  return unplaced.length > 0 || error.fields.length === 0 ? { error, unplaced } : null;
}

/** The deepest field of the form that holds `path`: the server says `models.3`, the form shows one field `models`. */
function fieldName(values: object, path: string): string | null {
  const parts = path.split('.');
  let node: unknown = values;
  let name: string | null = null;
  for (const [depth, part] of parts.entries()) {
    if (!isRecord(node) || !(part in node)) break;
    node = node[part];
    name = parts.slice(0, depth + 1).join('.');
  }
  return name;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
