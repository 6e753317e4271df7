import { Button, Group, Paper, Stack, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { SettingField } from '@/api/types';
import { useSubmit } from '@/shared/hooks/use-submit';
import { ProblemAlert } from '@/shared/ui/problem-alert';
import { useSaveSettings } from './setting.queries';
import { SettingInput } from './setting-input';
import { changesAt, getIn, setIn, type Tree } from './setting-tree';

interface SettingGroupProps {
  name: string;
  fields: readonly SettingField[];
  tree: Tree;
}

/** One section, saved on its own; only what was changed is sent. */
export function SettingGroup({ name, fields, tree }: SettingGroupProps) {
  const { t } = useTranslation();
  const save = useSaveSettings();
  const form = useForm<Tree>({ initialValues: initialOf(fields, tree) });
  const paths = fields.map(({ path }) => path);
  const changes = changesAt(paths, initialOf(fields, tree), form.values);
  const changed = Object.keys(changes).length > 0;
  const submit = useSubmit(form, async () => form.setValues(initialOf(fields, await save.mutateAsync(changes))));
  const titleId = `settings-${name}`;

  return (
    <Paper withBorder p="lg" component="section" aria-labelledby={titleId}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack gap="lg">
          <Title order={2} id={titleId}>
            {/* Groups are the server's: one this console has no word for is called by its own name. */}
            {t(`settings.group.${name}` as 'settings.group.relay', { defaultValue: name })}
          </Title>
          {fields.map((field) => (
            <SettingInput key={field.path} field={field} {...form.getInputProps(field.path)} />
          ))}
          <ProblemAlert problem={submit.problem} />
          {changed && (
            <Group justify="flex-end">
              <Button variant="default" onClick={() => form.setValues(initialOf(fields, tree))}>
                {t('action.discard')}
              </Button>
              <Button type="submit" loading={submit.pending}>
                {t('action.save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Paper>
  );
}

/** Secrets never come from the server: their fields begin empty, and empty means "leave it". */
const initialOf = (fields: readonly SettingField[], tree: Tree): Tree =>
  fields.reduce((values, { path }) => setIn(values, path, getIn(tree, path) ?? ''), {} as Tree);
