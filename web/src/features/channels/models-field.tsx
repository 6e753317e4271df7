import { Button, Stack, TagsInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCloudDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/api/types';
import { modelsQuery } from '@/shared/models.query';
import { useChannelForm } from './channel-values';
import { UpstreamModelsDialog } from './upstream-models-dialog';

/** The intent of the button that saves a new channel in order to ask its upstream. */
export const FETCH_MODELS = 'fetch-models';

interface ModelsFieldProps {
  channel: Channel | undefined;
  pickNow: boolean;
}

export function ModelsField({ channel, pickNow }: ModelsFieldProps) {
  const { t } = useTranslation();
  const form = useChannelForm();
  const { data: known = [] } = useQuery(modelsQuery);
  const [picking, { open, close }] = useDisclosure(pickNow);
  const icon = <IconCloudDownload size={16} />;

  return (
    <Stack gap="xs">
      <TagsInput
        label={t('field.models')}
        description={t('channels.modelsHint')}
        placeholder={form.values.models.length === 0 ? 'gpt-5-mini' : undefined}
        data={known.map(({ id }) => id).filter((id) => !id.includes('*'))}
        splitChars={[',', ' ', '\n']}
        maxDropdownHeight={220}
        limit={50}
        clearable
        clearButtonProps={{ 'aria-label': t('action.clear') }}
        {...form.getInputProps('models')}
      />
      {channel ? (
        <Button variant="light" size="xs" leftSection={icon} onClick={open} style={{ alignSelf: 'flex-start' }}>
          {t('channels.fetchModels')}
        </Button>
      ) : (
        <Button
          type="submit"
          variant="light"
          size="xs"
          leftSection={icon}
          value={FETCH_MODELS}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('channels.saveAndFetchModels')}
        </Button>
      )}
      {picking && channel && (
        <UpstreamModelsDialog
          channelId={channel.id}
          chosen={form.values.models}
          onChoose={(models) => form.setFieldValue('models', models)}
          onClose={close}
        />
      )}
    </Stack>
  );
}
