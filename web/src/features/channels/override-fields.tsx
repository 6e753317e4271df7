import { Group, JsonInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useChannelForm } from './channel-values';
import { promptModes } from './override-values';
import { PairsField } from './pairs-field';

const EXAMPLE = '[{"op": "default", "path": "temperature", "value": 0.7, "models": ["gpt-4o*"]}]';

/** What is changed in requests on their way upstream, and the way itself. */
export function OverrideFields() {
  const { t } = useTranslation();
  const form = useChannelForm();
  const { systemPrompt, paths } = form.values.settings;

  return (
    <>
      <JsonInput
        label={t('channels.parameters')}
        description={t('channels.parametersHint')}
        placeholder={EXAMPLE}
        autosize
        minRows={2}
        maxRows={16}
        spellCheck={false}
        {...form.getInputProps('settings.parameters')}
      />
      <Textarea
        label={t('channels.systemPrompt')}
        description={t('channels.systemPromptHint')}
        autosize
        minRows={2}
        maxRows={12}
        {...form.getInputProps('settings.systemPrompt.text')}
      />
      {systemPrompt.text.trim() !== '' && (
        <Group grow align="flex-start">
          <Select
            label={t('channels.promptMode.label')}
            data={promptModes.map((value) => ({ value, label: t(`channels.promptMode.${value}`) }))}
            allowDeselect={false}
            {...form.getInputProps('settings.systemPrompt.mode')}
          />
          <TagsInput
            label={t('channels.promptModels')}
            description={t('channels.promptModelsHint')}
            {...form.getInputProps('settings.systemPrompt.models')}
          />
        </Group>
      )}
      <PairsField
        name="settings.paths"
        pairs={paths}
        label={t('channels.paths')}
        hint={t('channels.pathsHint')}
        from={t('channels.pathOperation')}
        to={t('channels.path')}
        add={t('channels.pathAdd')}
      />
      <TextInput
        label={t('channels.proxy')}
        description={t('channels.proxyHint')}
        placeholder="http://user:password@host:3128"
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.proxy')}
      />
    </>
  );
}
