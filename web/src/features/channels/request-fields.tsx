import { MultiSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Protocol } from '@/api/types';
import { providersQuery } from './channel.queries';
import { useChannelForm } from './channel-values';
import { PairsField } from './pairs-field';

const protocolNames: Record<Protocol, string> = {
  'openai-chat': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'anthropic-messages': 'Anthropic Messages',
  gemini: 'Gemini',
};

const AZURE = 'azure-openai';

/** How requests to this upstream differ from the provider's usual ones. */
export function RequestFields() {
  const { t } = useTranslation();
  const form = useChannelForm();
  const { data: providers = [] } = useQuery(providersQuery);
  const { provider, settings } = form.values;
  const usual = providers.find(({ id }) => id === provider)?.protocols ?? [];

  return (
    <>
      <MultiSelect
        label={t('channels.protocols')}
        description={t('channels.protocolsHint', { usual: usual.map((id) => protocolNames[id]).join(', ') })}
        data={Object.entries(protocolNames).map(([value, label]) => ({ value, label }))}
        {...form.getInputProps('protocols')}
      />
      {(provider === AZURE || settings.apiVersion !== '') && (
        <TextInput
          label={t('channels.apiVersion')}
          description={t('channels.apiVersionHint')}
          placeholder="2024-10-21"
          {...form.getInputProps('settings.apiVersion')}
        />
      )}
      <PairsField
        name="settings.headers"
        pairs={settings.headers}
        label={t('channels.headers')}
        hint={t('channels.headersHint')}
        from={t('channels.headerName')}
        to={t('channels.headerValue')}
        add={t('channels.headerAdd')}
      />
    </>
  );
}
