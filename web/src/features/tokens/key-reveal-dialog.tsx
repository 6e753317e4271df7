import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { IssuedKey } from '@/api/types';
import { apiBaseUrl, FALLBACK_MODEL } from '@/shared/snippets';
import { CopyTextButton } from '@/shared/ui/copy';
import { SnippetTabs } from '@/shared/ui/snippet-tabs';
import { callableModelsQuery } from './callable-models.query';

/** The only time the key can be seen. It closes by its button alone, so that a stray click does not lose the key. */
export function KeyRevealDialog({ apiKey, onClose }: { apiKey: IssuedKey; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: models = [] } = useQuery(callableModelsQuery(apiKey.key));
  const model = models[0] ?? apiKey.models.find((name) => !name.includes('*')) ?? FALLBACK_MODEL;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.revealTitle', { name: apiKey.name })}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Alert color="orange" icon={<IconShieldLock />}>
          {t('keys.revealHint')}
        </Alert>
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <TextInput
            flex={1}
            label={t('keys.key')}
            value={apiKey.key}
            readOnly
            onFocus={(event) => event.currentTarget.select()}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          />
          <CopyTextButton value={apiKey.key} label={t('keys.copy')} data-autofocus />
        </Group>
        <SnippetTabs target={{ baseUrl: apiBaseUrl(), apiKey: apiKey.key, model }} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('keys.stored')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
