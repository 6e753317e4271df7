import { MultiSelect, NumberInput, SimpleGrid, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { groupsQuery } from '@/shared/groups.query';
import { useChannelForm } from './channel-values';

/** Who is sent here, and how often. */
export function RoutingFields() {
  const { t } = useTranslation();
  const form = useChannelForm();
  const { data: groups = [] } = useQuery(groupsQuery);
  const names = [...new Set([...groups.map(({ name }) => name), ...form.values.groups])];

  return (
    <>
      <MultiSelect
        label={t('field.groups')}
        description={t('channels.groupsHint')}
        data={names}
        {...form.getInputProps('groups')}
      />
      <SimpleGrid cols={2}>
        <NumberInput
          label={t('field.priority')}
          description={t('channels.priorityHint')}
          allowDecimal={false}
          {...form.getInputProps('priority')}
        />
        <NumberInput
          label={t('field.weight')}
          description={t('channels.weightHint')}
          allowDecimal={false}
          min={0}
          {...form.getInputProps('weight')}
        />
      </SimpleGrid>
      <TagsInput label={t('field.tags')} description={t('channels.tagsHint')} {...form.getInputProps('tags')} />
    </>
  );
}
