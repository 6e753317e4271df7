import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useTranslation } from 'react-i18next';

interface Question {
  title: string;
  body: string;
  confirm: string;
  onConfirm: () => void;
  danger?: boolean;
}

/** Asks before an act that cannot be taken back. Cancel has the focus first. */
export function useConfirm(): (question: Question) => void {
  const { t } = useTranslation();
  return ({ title, body, confirm, onConfirm, danger = true }) =>
    modals.openConfirmModal({
      title,
      children: <Text size="sm">{body}</Text>,
      labels: { confirm, cancel: t('action.cancel') },
      confirmProps: danger ? { color: 'red' } : {},
      cancelProps: { 'data-autofocus': true },
      closeButtonProps: { 'aria-label': t('action.close') },
      onConfirm,
    });
}
