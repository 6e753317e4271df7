import { Alert, Button, Group, Modal, Select, Stack, Switch, Text } from '@mantine/core';
import { IconBolt, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, ChannelTestResult } from '@/api/types';
import { useFormat } from '@/shared/format/use-format';
import { useProblemText } from '@/shared/hooks/use-problem';
import { useTestChannel } from './channel.queries';

const AUTOMATIC = 'automatic';

const testOperations = [
  'chat',
  'completions',
  'embeddings',
  'rerank',
  'moderations',
  'images',
  'speech',
  'transcriptions',
  'models',
] as const satisfies readonly ChannelTestResult['operation'][];

const isTestOperation = (value: string): value is ChannelTestResult['operation'] =>
  (testOperations as readonly string[]).includes(value);

/** One real, small request through the channel. */
export function ChannelTestDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useTranslation();
  const [model, setModel] = useState<string | null>(channel.models.find((name) => !name.includes('*')) ?? null);
  const [endpoint, setEndpoint] = useState<string>(AUTOMATIC);
  const [stream, setStream] = useState(false);
  const test = useTestChannel(channel.id);
  const run = () => test.mutate({ ...(model && { model }), ...(isTestOperation(endpoint) && { endpoint }), stream });

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('channels.testOf', { name: channel.name })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('channels.testHint')}
        </Text>
        <Select
          label={t('field.model')}
          data={channel.models}
          value={model}
          onChange={setModel}
          searchable
          allowDeselect={false}
          nothingFoundMessage={t('state.noMatch')}
        />
        <Select
          label={t('channels.testWhat')}
          description={t('channels.testWhatHint')}
          data={[
            { value: AUTOMATIC, label: t('channels.testAutomatic') },
            ...testOperations.map((value) => ({ value, label: t(`channels.testOperation.${value}`) })),
          ]}
          value={endpoint}
          onChange={(value) => setEndpoint(value ?? AUTOMATIC)}
          allowDeselect={false}
        />
        <Switch
          label={t('channels.testStream')}
          checked={stream}
          onChange={(event) => setStream(event.currentTarget.checked)}
        />
        <div aria-live="polite">{!test.isPending && <TestOutcome result={test.data} error={test.error} />}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.close')}
          </Button>
          <Button leftSection={<IconBolt size={16} />} loading={test.isPending} onClick={run}>
            {test.isIdle ? t('channels.testRun') : t('channels.testAgain')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function TestOutcome({ result, error }: { result: ChannelTestResult | undefined; error: Error | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const describe = useProblemText();
  if (error) {
    const { title, detail } = describe(error);
    return (
      <Alert color="red" icon={<IconCircleX />} title={title}>
        {detail}
      </Alert>
    );
  }
  if (!result) return null;
  const took = format.duration(result.latencyMs);
  return result.ok ? (
    <Alert color="teal" icon={<IconCircleCheck />} title={t('channels.testPassed')}>
      {t('channels.testTook', { took, what: t(`channels.testOperation.${result.operation}`) })}
    </Alert>
  ) : (
    <Alert
      color="red"
      icon={<IconCircleX />}
      title={t('channels.testFailed', { took, what: t(`channels.testOperation.${result.operation}`) })}
    >
      {result.error}
    </Alert>
  );
}
