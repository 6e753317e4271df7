import { Button, Checkbox, Group, Modal, ScrollArea, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/format/use-format';
import { ErrorState } from '@/shared/ui/states';
import { upstreamModelsQuery } from './channel.queries';

interface UpstreamModelsDialogProps {
  channelId: string;
  chosen: readonly string[];
  onChoose: (models: string[]) => void;
  onClose: () => void;
}

/** The upstream's own list, to tick off. Names that are already on the channel but not on the list stay. */
export function UpstreamModelsDialog({ channelId, chosen, onChoose, onClose }: UpstreamModelsDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(upstreamModelsQuery(channelId));
  const [ticked, setTicked] = useState<string[]>([...chosen]);
  const apply = () => {
    onChoose(ticked);
    onClose();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('channels.upstreamModels')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {query.isPending && (
        <Stack gap="xs" role="status" aria-label={t('state.loading')}>
          {Array.from({ length: 6 }, (_, row) => (
            <Skeleton key={row} height={24} />
          ))}
        </Stack>
      )}
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <Stack>
          <ModelPicker models={query.data} ticked={ticked} onChange={setTicked} />
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {t('channels.chosenModels', { count: ticked.length, total: format.count(ticked.length) })}
            </Text>
            <Button onClick={apply}>{t('action.apply')}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

interface ModelPickerProps {
  models: readonly string[];
  ticked: string[];
  onChange: (models: string[]) => void;
}

function ModelPicker({ models, ticked, onChange }: ModelPickerProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const shown = models.filter((model) => model.toLowerCase().includes(search.trim().toLowerCase()));
  const all = shown.length > 0 && shown.every((model) => ticked.includes(model));
  const toggleAll = () =>
    onChange(all ? ticked.filter((model) => !shown.includes(model)) : [...new Set([...ticked, ...shown])]);

  return (
    <>
      <TextInput
        aria-label={t('action.search')}
        placeholder={t('action.search')}
        leftSection={<IconSearch size={16} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Checkbox
        label={t('channels.allShown')}
        checked={all}
        indeterminate={!all && shown.some((model) => ticked.includes(model))}
        onChange={toggleAll}
      />
      <ScrollArea.Autosize mah="45vh" type="auto" viewportProps={{ tabIndex: 0 }}>
        <Checkbox.Group value={ticked} onChange={onChange} aria-label={t('channels.upstreamModels')}>
          <Stack gap={10}>
            {shown.map((model) => (
              <Checkbox key={model} value={model} label={model} />
            ))}
          </Stack>
        </Checkbox.Group>
      </ScrollArea.Autosize>
    </>
  );
}
