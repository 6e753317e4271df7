import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import { session } from '@/api/session';
import { statusQuery } from '@/shared/status.query';
import { AccountForm } from '@/shared/ui/account-form';
import { Welcome } from '@/shared/ui/welcome';

/** The first visit: makes the root account and signs it in. */
export function SetupPage() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return (
    <Welcome title={t('setup.title')} hint={t('setup.hint')}>
      <AccountForm
        username="root"
        submitLabel={t('setup.submit')}
        onSubmit={async (body) => {
          session.begin(await dataOf(api.POST('/api/setup', { body })));
          await queryClient.refetchQueries(statusQuery);
          await navigate({ to: '/' });
        }}
      />
    </Welcome>
  );
}
