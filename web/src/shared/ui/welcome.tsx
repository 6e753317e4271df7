import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ColorSchemeMenu } from './color-scheme-menu';
import { LanguageMenu } from './language-menu';
import { Logo } from './logo';
import classes from './welcome.module.css';

/** The frame of the pages outside the console: set-up and sign-in. */
export function Welcome({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  const { t } = useTranslation();
  useDocumentTitle(`${title} · One API`);
  return (
    <div className={classes.root}>
      <aside className={classes.aside} aria-label={t('welcome.about')}>
        <Streams />
        <Stack gap="xs" className={classes.pitch}>
          <Text fz={30} fw={650} lh={1.2} style={{ letterSpacing: '-0.02em' }}>
            {t('welcome.headline')}
          </Text>
          <Text maw={420} className={classes.pitchText}>
            {t('welcome.pitch')}
          </Text>
        </Stack>
      </aside>
      <Box component="main" className={classes.main}>
        <Group justify="space-between" wrap="nowrap">
          <Logo />
          <Group gap={4} wrap="nowrap">
            <LanguageMenu />
            <ColorSchemeMenu />
          </Group>
        </Group>
        <div className={classes.form}>
          <Title order={1}>{title}</Title>
          <Text c="dimmed" mt={6} mb="xl">
            {hint}
          </Text>
          {children}
        </div>
      </Box>
    </div>
  );
}

const starts = [40, 120, 200, 280, 360, 440, 520];

/** The mark, grown to a picture: many upstreams become one line. */
function Streams() {
  return (
    <svg className={classes.streams} viewBox="0 0 600 560" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <g fill="none" strokeWidth="1.5">
        {starts.map((y) => (
          <path key={y} d={`M-20 ${y} C 220 ${y}, 240 280, 430 280 L 640 280`} />
        ))}
      </g>
      {starts.map((y, index) => (
        <circle key={y} cx={30 + ((index * 53) % 90)} cy={y} r={4} />
      ))}
      <circle cx={430} cy={280} r={9} />
    </svg>
  );
}
