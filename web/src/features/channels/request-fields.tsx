import { MultiSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Protocol } from '@/api/types';
import { providersQuery } from './channel.queries';
import { ownSettings, type OwnSetting, useChannelForm } from './channel-values';
import { PairsField } from './pairs-field';

const protocolNames: Record<Protocol, string> = {
  'openai-chat': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'anthropic-messages': 'Anthropic Messages',
  gemini: 'Gemini',
  dify: 'Dify',
  coze: 'Coze',
  replicate: 'Replicate',
  'bedrock-converse': 'Bedrock Converse',
  'cohere-chat': 'Cohere Chat',
};

/** What callers speak; any upstream may. */
const common: readonly Protocol[] = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'];

const examples: Record<OwnSetting, string> = {
  apiVersion: '2024-10-21',
  region: 'us-east-1',
  project: 'my-project',
  tokenUrl: 'https://oauth2.googleapis.com/token',
};

/** How requests to this upstream differ from the provider's usual ones. */
export function RequestFields() {
  const { t } = useTranslation();
  const form = useChannelForm();
  const { data: providers = [] } = useQuery(providersQuery);
  const { provider, settings } = form.values;
  const { protocols: usual = [], ownSettings: own = [] } = providers.find(({ id }) => id === provider) ?? {};
  const spoken = [...new Set([...common, ...usual, ...form.values.protocols])];

  return (
    <>
      <MultiSelect
        label={t('channels.protocols')}
        description={t('channels.protocolsHint', { usual: usual.map((id) => protocolNames[id]).join(', ') })}
        data={spoken.map((value) => ({ value, label: protocolNames[value] }))}
        {...form.getInputProps('protocols')}
      />
      {ownSettings
        .filter((name) => own.includes(name) || settings[name] !== '')
        .map((name) => (
          <TextInput
            key={name}
            label={t(`channels.${name}`)}
            description={t(`channels.${name}Hint`)}
            placeholder={examples[name]}
            {...form.getInputProps(`settings.${name}`)}
          />
        ))}
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
