import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import { session } from '@/api/session';
import { AccountForm } from '@/shared/ui/account-form';
import { AnchorLink } from '@/shared/ui/links';
import { Welcome } from '@/shared/ui/welcome';

/** Where an operator has opened registration. */
export function RegisterPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Welcome title={t('register.title')} hint={t('register.hint')}>
      <AccountForm
        username=""
        submitLabel={t('register.submit')}
        onSubmit={async (body) => {
          session.begin(await dataOf(api.POST('/api/auth/register', { body })));
          await navigate({ to: '/' });
        }}
      />
      <Text size="sm" mt="lg">
        <AnchorLink to="/login">{t('register.toSignIn')}</AnchorLink>
      </Text>
    </Welcome>
  );
}
