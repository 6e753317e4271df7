import { Code, Stack, Text } from '@mantine/core';
import type { DataTableColumn } from 'mantine-datatable';
import { useTranslation } from 'react-i18next';
import type { ApiKey, IssuedKey } from '@/api/types';
import { useNow } from '@/shared/hooks/use-now';
import { actionsColumn, wide } from '@/shared/ui/record-table';
import { useNames } from '@/shared/names.query';
import { ModelList } from '@/shared/ui/model-list';
import { RelativeTime } from '@/shared/ui/relative-time';
import { StateDot } from '@/shared/ui/state-dot';
import { KeyActions } from './key-actions';
import { KeyBudget } from './key-budget';

interface Handlers {
  onEdit: (apiKey: ApiKey) => void;
  onRotated: (apiKey: IssuedKey) => void;
}

export function useKeyColumns(handlers: Handlers, withOwner: boolean): DataTableColumn<ApiKey>[] {
  const { t } = useTranslation();
  const { users } = useNames();
  return [
    {
      accessor: 'name',
      title: t('field.name'),
      render: ({ name, keyPreview }) => (
        <Stack gap={2} align="flex-start">
          <Text size="sm" fw={600} maw={240} truncate>
            {name}
          </Text>
          <Code>{keyPreview}</Code>
        </Stack>
      ),
    },
    {
      accessor: 'userId',
      title: t('keys.owner'),
      hidden: !withOwner,
      ...wide,
      render: ({ userId }) => users.nameOf(userId),
    },
    { accessor: 'status', title: t('field.status'), render: (apiKey) => <KeyState apiKey={apiKey} /> },
    { accessor: 'budget', title: t('keys.budget'), ...wide, render: (apiKey) => <KeyBudget apiKey={apiKey} /> },
    {
      accessor: 'models',
      title: t('field.models'),
      ...wide,
      render: ({ models }) => <ModelList models={models} none={t('keys.allModels')} show={1} />,
    },
    {
      accessor: 'expiresAt',
      title: t('keys.expires'),
      ...wide,
      render: ({ expiresAt }) => <RelativeTime at={expiresAt} fallback={t('keys.never')} />,
    },
    {
      accessor: 'lastUsedAt',
      title: t('keys.lastUsed'),
      ...wide,
      render: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} fallback={t('keys.notUsed')} />,
    },
    actionsColumn(t('field.actions'), (apiKey) => <KeyActions apiKey={apiKey} {...handlers} />),
  ];
}

function KeyState({ apiKey: { status, expiresAt } }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const now = useNow();
  if (status === 'disabled') return <StateDot tone="off" label={t('keys.status.disabled')} />;
  if (expiresAt && Date.parse(expiresAt) <= now) return <StateDot tone="warn" label={t('keys.status.expired')} />;
  return <StateDot tone="good" label={t('keys.status.active')} />;
}
