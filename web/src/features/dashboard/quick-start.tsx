import { Grid, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { apiBaseUrl, FALLBACK_MODEL } from '@/shared/snippets';
import { Card } from '@/shared/ui/card';
import { CopyIcon } from '@/shared/ui/copy';
import { SnippetTabs } from '@/shared/ui/snippet-tabs';
import { firstChannelQuery } from './dashboard.queries';

/** Where to point an SDK, and the first call to copy. */
export function QuickStart() {
  const { t } = useTranslation();
  const admin = isAdmin(useUser());
  const { data: channels } = useQuery({ ...firstChannelQuery, enabled: admin });
  const baseUrl = apiBaseUrl();
  const model = channels?.items[0]?.models.find((name) => !name.includes('*')) ?? FALLBACK_MODEL;
  return (
    <Card title={t('quickStart.title')} hint={t('quickStart.hint')}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <TextInput
              label={t('field.baseUrl')}
              value={baseUrl}
              readOnly
              rightSection={<CopyIcon value={baseUrl} label={t('quickStart.copyBaseUrl')} />}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            />
            <Text size="sm" c="dimmed">
              {t('quickStart.text')}
            </Text>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <SnippetTabs target={{ baseUrl, apiKey: 'YOUR_API_KEY', model }} />
        </Grid.Col>
      </Grid>
    </Card>
  );
}
