import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isAdmin, useUser } from '@/shared/hooks/use-session';
import { useNames, type Directory } from '@/shared/names.query';
import { isFiltered, ranges, statuses, type UsageSearch } from './usage-search';
import classes from './usage-filters.module.css';

/** Every change goes to the address bar, so a filtered view can be kept and sent. */
export function UsageFilters({ search }: { search: UsageSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/logs' });
  const names = useNames();
  const admin = isAdmin(useUser());
  const set = (change: UsageSearch) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const choose = <K extends keyof UsageSearch>(field: K) => ({
    value: (search[field] ?? null) as string | null,
    onChange: (value: string | null) => set({ [field]: value ?? undefined }),
    clearable: true,
    className: classes.field,
    clearButtonProps: { 'aria-label': t('action.clear') },
  });

  return (
    <Group gap="sm" align="flex-end">
      <Select
        aria-label={t('logs.time')}
        placeholder={t('logs.anyTime')}
        data={ranges.map((value) => ({ value, label: t(`logs.range.${value}`) }))}
        {...choose('range')}
      />
      <TypedFilter label={t('field.model')} value={search.model} onChange={(model) => set({ model })} />
      <Select
        aria-label={t('field.status')}
        placeholder={t('logs.anyStatus')}
        data={statuses.map((value) => ({ value, label: t(`logs.status.${value}`) }))}
        {...choose('status')}
      />
      <Select
        aria-label={t('logs.key')}
        placeholder={t('logs.anyKey')}
        data={optionsOf(names.keys, search.tokenId)}
        searchable
        {...choose('tokenId')}
      />
      {admin && (
        <Select
          aria-label={t('logs.channel')}
          placeholder={t('logs.anyChannel')}
          data={optionsOf(names.channels, search.channelId)}
          searchable
          {...choose('channelId')}
        />
      )}
      <TypedFilter label={t('logs.requestId')} value={search.requestId} onChange={(requestId) => set({ requestId })} />
      {isFiltered(search) && (
        <Button
          variant="subtle"
          leftSection={<IconX size={14} />}
          onClick={() => void navigate({ search: {}, replace: true })}
        >
          {t('action.clearFilters')}
        </Button>
      )}
    </Group>
  );
}

/** A filter that came by the address may be none of the first hundred. */
function optionsOf({ entries, nameOf }: Directory, chosen: string | undefined) {
  const options = entries.map(({ id, name }) => ({ value: id, label: name }));
  const missing = chosen !== undefined && entries.every(({ id }) => id !== chosen);
  return missing ? [...options, { value: chosen, label: nameOf(chosen) }] : options;
}

interface TypedFilterProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function TypedFilter({ label, value = '', onChange }: TypedFilterProps) {
  // What is being typed stands until the address has another value than the one it was typed over.
  const [draft, setDraft] = useState({ over: value, text: value });
  const apply = useDebouncedCallback((text: string) => onChange(text.trim() || undefined), 350);
  // The filter may also change elsewhere: by "clear all", or by the browser's back button.
  const [applied, setApplied] = useState(value);
  if (applied !== value) {
    setApplied(value);
    setDraft({ over: value, text: value });
  }
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      className={classes.field}
      value={draft.over === value ? draft.text : value}
      onChange={(event) => {
        setDraft({ over: value, text: event.currentTarget.value });
        apply(event.currentTarget.value);
      }}
    />
  );
}
