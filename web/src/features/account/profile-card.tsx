import { Avatar, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/format/use-format';
import { useUser } from '@/shared/hooks/use-session';
import { useSubmit } from '@/shared/hooks/use-submit';
import { Card } from '@/shared/ui/card';
import { ProblemAlert } from '@/shared/ui/problem-alert';
import { useChangeMe } from './account.queries';

export function ProfileCard() {
  const { t } = useTranslation();
  const format = useFormat();
  const user = useUser();
  const save = useChangeMe(t('account.saved'));
  const form = useForm({ initialValues: { email: user.email ?? '' } });
  const submit = useSubmit(form, async ({ email }) => {
    await save.mutateAsync({ email: email.trim() || null });
    form.resetDirty();
  });

  return (
    <Card title={t('account.profile')}>
      <Group gap="md" wrap="nowrap">
        <Avatar size={52} radius="xl" color="lagoon" variant="filled" aria-hidden>
          {user.username.slice(0, 1).toUpperCase()}
        </Avatar>
        <div>
          <Text fw={650} size="lg">
            {user.username}
          </Text>
          <Text size="sm" c="dimmed">
            {t('account.summary', {
              role: t(`role.${user.role}`),
              group: user.group,
              date: format.date(user.createdAt),
            })}
          </Text>
        </div>
      </Group>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack gap="md">
          <TextInput label={t('field.email')} type="email" autoComplete="email" {...form.getInputProps('email')} />
          <ProblemAlert problem={submit.problem} />
          <Group justify="flex-end">
            <Button type="submit" disabled={!form.isDirty()} loading={submit.pending}>
              {t('action.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
