import { useTranslation } from 'react-i18next';
import { describeProblem, type ProblemText } from '@/shared/problem-text';

export function useProblemText(): (error: unknown) => ProblemText {
  const { t } = useTranslation();
  return (error) => describeProblem(error, t);
}
