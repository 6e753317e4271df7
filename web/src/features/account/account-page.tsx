import { SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Page } from '@/shared/ui/page';
import { PasswordCard } from './password-card';
import { ProfileCard } from './profile-card';
import { SessionsCard } from './sessions-card';

export function AccountPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('account.title')} description={t('account.description')}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <ProfileCard />
        <PasswordCard />
      </SimpleGrid>
      <SessionsCard />
    </Page>
  );
}
