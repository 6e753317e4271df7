import { TextInput } from '@mantine/core';
import { isNotEmpty } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/api/types';
import { useSubmit } from '@/shared/hooks/use-submit';
import { FormDrawer } from '@/shared/ui/form-drawer';
import { FormSection } from '@/shared/ui/form-section';
import { providersQuery, useChangeChannel, useCreateChannel } from './channel.queries';
import { ChannelFormProvider, changeOf, newChannelOf, useChannelFormRoot, valuesOf } from './channel-values';
import { FailoverFields } from './failover-fields';
import { FETCH_MODELS, ModelsField } from './models-field';
import { OverrideFields } from './override-fields';
import { isJsonList } from './override-values';
import { PairsField } from './pairs-field';
import { RequestFields } from './request-fields';
import { RoutingFields } from './routing-fields';
import { UpstreamFields } from './upstream-fields';

interface ChannelFormProps {
  /** Absent: a new one. */
  channel: Channel | undefined;
  /** Opens the upstream's model list at once. */
  pickModels?: boolean;
  onClose: () => void;
  /** A new channel was saved only to ask its upstream for models: go on editing it. */
  onCreated: (channel: Channel) => void;
}

export function ChannelForm({ channel, pickModels = false, onClose, onCreated }: ChannelFormProps) {
  const { t } = useTranslation();
  const create = useCreateChannel();
  const change = useChangeChannel();
  const { data: providers = [] } = useQuery(providersQuery);
  const form = useChannelFormRoot({
    initialValues: valuesOf(channel, providers),
    validate: {
      name: isNotEmpty(t('form.required')),
      provider: isNotEmpty(t('form.required')),
      settings: { parameters: (text) => (isJsonList(text) ? null : t('channels.parametersInvalid')) },
    },
  });
  const submit = useSubmit(form, async (values, intent) => {
    const ownUrl = providers.find(({ id }) => id === values.provider)?.defaultBaseUrl ?? null;
    const saved = channel
      ? await change.mutateAsync({ id: channel.id, body: changeOf(values, ownUrl, channel) })
      : await create.mutateAsync(newChannelOf(values, ownUrl));
    if (intent === FETCH_MODELS) onCreated(saved);
    else onClose();
  });

  return (
    <ChannelFormProvider form={form}>
      <FormDrawer
        title={channel ? t('action.editOf', { name: channel.name }) : t('channels.add')}
        submit={submit}
        submitLabel={channel ? t('action.save') : t('channels.create')}
        onClose={onClose}
        size={560}
      >
        <FormSection title={t('channels.section.upstream')}>
          <TextInput
            label={t('field.name')}
            placeholder={t('channels.namePlaceholder')}
            required
            data-autofocus
            {...form.getInputProps('name')}
          />
          <UpstreamFields channel={channel} />
        </FormSection>
        <FormSection title={t('channels.section.models')}>
          <ModelsField channel={channel} pickNow={pickModels} />
          <PairsField
            name="modelMapping"
            pairs={form.values.modelMapping}
            label={t('channels.mapping')}
            hint={t('channels.mappingHint')}
            from={t('channels.mappingFrom')}
            to={t('channels.mappingTo')}
            add={t('channels.mappingAdd')}
          />
        </FormSection>
        <FormSection title={t('channels.section.routing')}>
          <RoutingFields />
        </FormSection>
        <FormSection title={t('channels.section.requests')}>
          <RequestFields />
        </FormSection>
        <FormSection title={t('channels.section.failover')}>
          <FailoverFields />
        </FormSection>
        <FormSection title={t('channels.section.overrides')}>
          <OverrideFields />
        </FormSection>
      </FormDrawer>
    </ChannelFormProvider>
  );
}
