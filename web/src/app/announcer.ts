import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import type { Announcer } from '@/api/query-client';
import { describeProblem } from '@/shared/problem-text';

export const announcer: Announcer = {
  success: (message) => void notifications.show({ ...toast(), message, color: 'teal', role: 'status' }),
  failure(error) {
    const { title, detail } = describeProblem(error, i18next.t);
    notifications.show({ ...toast(), title, message: detail, color: 'red', autoClose: 8000, role: 'alert' });
  },
};

const toast = () => ({ withBorder: true, closeButtonProps: { 'aria-label': i18next.t('action.close') } });
