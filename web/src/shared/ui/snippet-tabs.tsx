import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { snippets, type SnippetKind, type SnippetTarget } from '@/shared/snippets';
import { CodeSample } from './code-sample';

const kinds: readonly (readonly [kind: SnippetKind, label: string])[] = [
  ['curl', 'curl'],
  ['python', 'Python'],
  ['node', 'Node.js'],
];

export function SnippetTabs({ target }: { target: SnippetTarget }) {
  const { t } = useTranslation();
  return (
    <Tabs defaultValue="curl" variant="outline" keepMounted={false}>
      <Tabs.List mb="sm">
        {kinds.map(([kind, label]) => (
          <Tabs.Tab key={kind} value={kind}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {kinds.map(([kind, label]) => (
        <Tabs.Panel key={kind} value={kind}>
          <CodeSample code={snippets[kind](target)} label={t('action.copyCode', { language: label })} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
