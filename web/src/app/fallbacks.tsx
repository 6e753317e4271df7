import { Center, Loader } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ButtonLink } from '@/shared/ui/links';
import { EmptyState, ErrorState } from '@/shared/ui/states';

export function PagePending() {
  const { t } = useTranslation();
  return (
    <Center mih="50vh">
      <Loader type="dots" aria-label={t('state.loading')} role="status" />
    </Center>
  );
}

/** What a page (or its guard) threw; retrying runs the guards and the page again. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => void router.invalidate().then(reset);
  return <ErrorState error={error} onRetry={retry} />;
}

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Center mih="60vh" component="main">
      <EmptyState
        heading={1}
        icon={IconMapQuestion}
        title={t('state.pageNotFound')}
        hint={t('state.pageNotFoundHint')}
        action={
          <ButtonLink to="/" variant="light">
            {t('action.toDashboard')}
          </ButtonLink>
        }
      />
    </Center>
  );
}
