import { AppShell, Box, Drawer, ScrollArea } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Logo } from '@/shared/ui/logo';
import { Header } from './header';
import { Sidebar } from './sidebar';
import classes from './shell.module.css';

const WIDE = 244;
const RAIL = 72;

/** The frame of every page behind sign-in. */
export function Shell() {
  const { t } = useTranslation();
  const [compact, setCompact] = useLocalStorage({ key: 'one-api.sidebar-compact', defaultValue: false });
  const [drawer, { open, close }] = useDisclosure(false);
  const main = useRef<HTMLDivElement>(null);
  useHeadingFocus(main);

  return (
    <AppShell
      layout="alt"
      header={{ height: 60 }}
      navbar={{ width: compact ? RAIL : WIDE, breakpoint: 'sm', collapsed: { mobile: true } }}
      transitionDuration={150}
    >
      <a href="#content" className={classes.skip}>
        {t('action.skipToContent')}
      </a>
      <AppShell.Header className={classes.header}>
        <Header compact={compact} onToggleCompact={() => setCompact(!compact)} onOpenMenu={open} />
      </AppShell.Header>
      <AppShell.Navbar visibleFrom="sm" className={classes.navbar} aria-label={t('nav.label')}>
        <Link to="/" className={classes.brand} data-compact={compact || undefined} aria-label={t('nav.home')}>
          <Logo compact={compact} />
        </Link>
        <ScrollArea flex={1}>
          <Sidebar compact={compact} />
        </ScrollArea>
      </AppShell.Navbar>
      <Drawer
        opened={drawer}
        onClose={close}
        position="left"
        size={280}
        title={<Logo />}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <nav aria-label={t('nav.label')}>
          <Sidebar onNavigate={close} />
        </nav>
      </Drawer>
      <AppShell.Main id="content" ref={main} tabIndex={-1} className={classes.main}>
        <Box className={classes.column}>
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}

/** After a change of page the reader starts at its heading, not at the link that was followed. */
function useHeadingFocus(main: React.RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const heading = main.current?.querySelector('h1');
    heading?.setAttribute('tabindex', '-1');
    heading?.focus({ preventScroll: true });
  }, [pathname, main]);
}
