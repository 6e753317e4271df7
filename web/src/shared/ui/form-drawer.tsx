import { Button, Drawer, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Submit } from '@/shared/hooks/use-submit';
import { ProblemAlert } from './problem-alert';
import classes from './form-drawer.module.css';

interface FormDrawerProps {
  title: string;
  submit: Submit;
  submitLabel: string;
  onClose: () => void;
  size?: string | number;
  children: ReactNode;
}

/** A form in a drawer: fields scroll, the buttons stay in sight. Mount it only while it is open. */
export function FormDrawer({ title, submit, submitLabel, onClose, size = 520, children }: FormDrawerProps) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened
      onClose={onClose}
      title={title}
      size={size}
      classNames={{ content: classes.content, body: classes.body }}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={submit.onSubmit} noValidate className={classes.form}>
        <Stack gap="md" className={classes.fields}>
          {children}
        </Stack>
        <div className={classes.footer}>
          <ProblemAlert problem={submit.problem} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={submit.pending}>
              {submitLabel}
            </Button>
          </Group>
        </div>
      </form>
    </Drawer>
  );
}
