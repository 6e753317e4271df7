import { Alert, List } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { ApiError, type FieldProblem } from '@/api/problem';
import { useProblemText } from '@/shared/hooks/use-problem';

/** The part of a refused form that belongs to no field shown in it. */
export interface FormProblem {
  readonly error: unknown;
  readonly unplaced: readonly FieldProblem[];
}

/** Of a call that no form has fields for. */
export const unplacedProblem = (error: unknown): FormProblem => ({
  error,
  unplaced: error instanceof ApiError ? error.fields : [],
});

export function ProblemAlert({ problem }: { problem: FormProblem | null }) {
  const describe = useProblemText();
  if (!problem) return null;
  const { title, detail } = describe(problem.error);
  const placed = problem.error instanceof ApiError && problem.error.fields.length > 0;
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle />} title={title} role="alert">
      {!placed && detail}
      {problem.unplaced.length > 0 && (
        <List size="sm">
          {problem.unplaced.map(({ path, message }) => (
            <List.Item key={`${path}:${message}`}>
              {path}: {message}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
