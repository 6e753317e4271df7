import { Alert, Button, FileInput, Modal, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ComparePrices } from '@/api/types';
import { ProblemAlert, unplacedProblem } from '@/shared/ui/problem-alert';
import { ComparedPrices } from './compared-prices';
import { knownLists } from './known-lists';
import { useComparePrices } from './price-list.queries';

/** Prices of a list beside those in force: first where the list is, then what of it to take over. */
export function CompareDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const compare = useComparePrices();
  const [asked, setAsked] = useState<ComparePrices | null>(null);
  const ask = (body: ComparePrices) => {
    setAsked(body);
    compare.mutate(body);
  };
  const shown = asked && compare.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('priceList.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {shown ? (
        <ComparedPrices compared={shown} asked={asked} onAgain={() => compare.reset()} onDone={onClose} />
      ) : (
        <SourceForm onAsk={ask} pending={compare.isPending} error={compare.error} />
      )}
    </Modal>
  );
}

interface SourceFormProps {
  onAsk: (body: ComparePrices) => void;
  pending: boolean;
  error: unknown;
}

function SourceForm({ onAsk, pending, error }: SourceFormProps) {
  const { t } = useTranslation();
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [vendors, setVendors] = useState<string[]>([]);
  const [unreadable, setUnreadable] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const some = vendors.length > 0 ? { vendors } : {};
    if (!file) return onAsk({ url: url.trim(), ...(token && { token }), ...some });
    const document = await readJson(file);
    setUnreadable(!document);
    if (document) onAsk({ document, name: `file:${file.name}`, ...some });
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('priceList.hint')}
        </Text>
        <TextInput
          label={t('priceList.url')}
          description={t('priceList.urlHint')}
          placeholder="https://"
          type="url"
          list="known-price-lists"
          value={url}
          disabled={file !== null}
          onChange={(event) => setUrl(event.currentTarget.value)}
          data-autofocus
        />
        <datalist id="known-price-lists">
          {knownLists.map((known) => (
            <option key={known.url} value={known.url}>
              {known.name}
            </option>
          ))}
        </datalist>
        <TextInput
          label={t('priceList.token')}
          description={t('priceList.tokenHint')}
          type="password"
          autoComplete="off"
          value={token}
          disabled={file !== null}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <FileInput
          label={t('priceList.file')}
          leftSection={<IconFileUpload size={16} />}
          accept="application/json,.json"
          clearable
          clearButtonProps={{ 'aria-label': t('action.clear') }}
          value={file}
          onChange={setFile}
        />
        <TagsInput
          label={t('priceList.vendors')}
          description={t('priceList.vendorsHint')}
          value={vendors}
          onChange={setVendors}
          clearable
          clearButtonProps={{ 'aria-label': t('action.clear') }}
        />
        {unreadable && (
          <Alert color="red" variant="light" role="alert">
            {t('priceList.unreadable')}
          </Alert>
        )}
        {error !== null && <ProblemAlert problem={unplacedProblem(error)} />}
        <Button type="submit" loading={pending} disabled={!file && url.trim() === ''} style={{ alignSelf: 'flex-end' }}>
          {t('priceList.compare')}
        </Button>
      </Stack>
    </form>
  );
}

async function readJson(file: File): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await file.text());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
