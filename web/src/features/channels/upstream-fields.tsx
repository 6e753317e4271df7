import { Alert, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/api/types';
import { providersQuery } from './channel.queries';
import { useChannelForm } from './channel-values';
import { CredentialList } from './credential-list';
import { leavesItsHost } from './destination';

/** Which vendor, where, and with what credentials. */
export function UpstreamFields({ channel }: { channel: Channel | undefined }) {
  const { t } = useTranslation();
  const form = useChannelForm();
  const { data: providers = [] } = useQuery(providersQuery);
  const provider = providers.find(({ id }) => id === form.values.provider);
  const fallbackUrl = provider?.defaultBaseUrl ?? null;
  const long = provider?.credentialFields.find(({ multiline }) => multiline);

  const moves = channel !== undefined && leavesItsHost(form.values, channel, fallbackUrl);

  /** An address nobody typed follows the provider. */
  const choose = (id: string | null) => {
    const next = providers.find((one) => one.id === id);
    if (!next) return;
    const typed = form.values.baseUrl !== '' && form.values.baseUrl !== fallbackUrl;
    form.setFieldValue('provider', next.id);
    if (!typed) form.setFieldValue('baseUrl', next.defaultBaseUrl ?? '');
  };

  return (
    <>
      <Select
        label={t('field.provider')}
        data={providers.map(({ id, name }) => ({ value: id, label: name }))}
        searchable
        allowDeselect={false}
        required
        nothingFoundMessage={t('state.noMatch')}
        {...form.getInputProps('provider')}
        onChange={(id) => choose(id)}
      />
      <TextInput
        label={t('field.baseUrl')}
        description={fallbackUrl ? t('channels.baseUrlHint') : t('channels.baseUrlNeeded')}
        placeholder={fallbackUrl ?? 'https://'}
        required={!fallbackUrl}
        type="url"
        {...form.getInputProps('baseUrl')}
      />
      {moves && <Alert color="yellow">{t('channels.keysStayBehind')}</Alert>}
      {channel && channel.keys.length > 0 && !moves && <CredentialList channel={channel} />}
      <Textarea
        label={channel ? t('channels.addKeys') : t('channels.keys')}
        description={long ? t('channels.longKeysHint', { what: long.label }) : t('channels.keysHint')}
        placeholder={long ? '{ … }' : 'sk-…'}
        autosize
        minRows={2}
        maxRows={long ? 16 : 8}
        required={(!channel || moves) && (provider?.credentialFields.some((field) => field.required) ?? true)}
        autoComplete="off"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        {...form.getInputProps('keys')}
      />
    </>
  );
}
