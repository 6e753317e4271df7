import { Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { meQuery } from '@/shared/me.query';
import { ButtonLink } from '@/shared/ui/links';
import { firstChannelQuery, firstKeyQuery } from './dashboard.queries';
import classes from './first-steps.module.css';

type Step = { name: 'channel' | 'key' | 'call'; to: '/channels' | '/keys' | '/logs'; done: boolean };

/** The way to the first call, until it is made. */
export function FirstSteps() {
  const { t } = useTranslation();
  const admin = isAdmin(useUser());
  const channels = useQuery({ ...firstChannelQuery, enabled: admin });
  const keys = useQuery(firstKeyQuery);
  const me = useQuery(meQuery);
  if (!keys.data || !me.data || (admin && !channels.data)) return null;

  const steps: Step[] = [
    ...(channels.data ? [{ name: 'channel', to: '/channels', done: channels.data.total > 0 } as const] : []),
    { name: 'key', to: '/keys', done: keys.data.total > 0 },
    { name: 'call', to: '/logs', done: me.data.requestCount > 0 },
  ];
  const next = steps.find(({ done }) => !done);
  if (!next) return null;

  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="first-steps">
      <Title order={2} id="first-steps" mb="md">
        {t('steps.title')}
      </Title>
      <ol className={classes.list}>
        {steps.map((step, index) => (
          <li key={step.name}>
            <Group gap="md" wrap="nowrap" align="flex-start">
              <ThemeIcon radius="xl" variant={step.done ? 'filled' : 'light'} color={step.done ? 'teal' : undefined}>
                {step.done ? <IconCheck size={16} aria-label={t('steps.done')} /> : index + 1}
              </ThemeIcon>
              <Stack gap={4} align="flex-start">
                <Text fw={600}>{t(`steps.${step.name}.title`)}</Text>
                <Text size="sm" c="dimmed">
                  {t(`steps.${step.name}.hint`)}
                </Text>
                {step === next && (
                  <ButtonLink to={step.to} size="xs" mt={6}>
                    {t(`steps.${step.name}.action`)}
                  </ButtonLink>
                )}
              </Stack>
            </Group>
          </li>
        ))}
      </ol>
    </Paper>
  );
}
