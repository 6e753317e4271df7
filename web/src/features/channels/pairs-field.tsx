import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconArrowRight, IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useChannelForm } from './channel-values';
import { pair, type Pair } from './pairs';

interface PairsFieldProps {
  name: 'modelMapping' | 'settings.headers' | 'settings.paths' | 'settings.errorKinds';
  pairs: readonly Pair[];
  label: string;
  hint: string;
  from: string;
  to: string;
  add: string;
}

/** A record as lines of two fields: what callers ask for → what the upstream is asked for; header → value. */
export function PairsField({ name, pairs, label, hint, from, to, add }: PairsFieldProps) {
  const { t } = useTranslation();
  const form = useChannelForm();
  const set = (next: readonly Pair[]) => form.setFieldValue(name, [...next]);

  return (
    <Input.Wrapper label={label} description={hint} error={form.errors[name]} labelElement="div">
      <Stack gap="xs" mt="xs">
        {pairs.map(({ id }, index) => (
          <Group key={id} gap="xs" wrap="nowrap">
            <TextInput flex={1} aria-label={from} placeholder={from} {...form.getInputProps(`${name}.${index}.from`)} />
            <IconArrowRight size={16} aria-hidden />
            <TextInput flex={1} aria-label={to} placeholder={to} {...form.getInputProps(`${name}.${index}.to`)} />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('action.remove')}
              onClick={() => set(pairs.filter((one) => one.id !== id))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="subtle"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => set([...pairs, pair()])}
          style={{ alignSelf: 'flex-start' }}
        >
          {add}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
