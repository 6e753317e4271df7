import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { session } from '@/api/session';
import type { User } from '@/api/types';
import { parseUsageSearch } from '@/features/logs/usage-search';
import { isAdmin } from '@/shared/hooks/use-session';
import { statusQuery } from '@/shared/status.query';
import { NotFoundPage, PagePending, PageProblem } from './fallbacks';

interface RouterContext {
  readonly queryClient: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  beforeLoad: async ({ context, location }) => {
    const { initialized } = await context.queryClient.ensureQueryData(statusQuery);
    if (!initialized && location.pathname !== '/setup') throw redirect({ to: '/setup' });
    if (initialized && location.pathname === '/setup') throw redirect({ to: '/' });
    if (initialized && session.get().status === 'unknown') await session.renew();
  },
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('@/features/setup/setup-page'), 'SetupPage'),
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: localPath(search.next) }),
  beforeLoad: ({ search }) => {
    if (session.get().status === 'authenticated') throw redirect({ href: search.next ?? '/' });
  },
  component: lazyRouteComponent(() => import('@/features/auth/login-page'), 'LoginPage'),
});

const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  beforeLoad: async ({ context }) => {
    const { registrationEnabled } = await context.queryClient.ensureQueryData(statusQuery);
    if (!registrationEnabled || session.get().status === 'authenticated') throw redirect({ to: '/login' });
  },
  component: lazyRouteComponent(() => import('@/features/auth/register-page'), 'RegisterPage'),
});

/** Everything behind sign-in. */
const home = createRoute({
  getParentRoute: () => root,
  id: 'home',
  beforeLoad: ({ location }): { user: User } => {
    const { user } = session.get();
    if (!user) throw redirect({ to: '/login', search: { next: location.href === '/' ? undefined : location.href } });
    return { user };
  },
  component: lazyRouteComponent(() => import('./shell'), 'Shell'),
});

/** Pages for root and admin; others are sent to their dashboard. */
const manage = createRoute({
  getParentRoute: () => home,
  id: 'manage',
  beforeLoad: ({ context }) => {
    if (!isAdmin(context.user)) throw redirect({ to: '/' });
  },
  component: Outlet,
});

const dashboard = createRoute({
  getParentRoute: () => home,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/dashboard/dashboard-page'), 'DashboardPage'),
});
const keys = createRoute({
  getParentRoute: () => home,
  path: '/keys',
  component: lazyRouteComponent(() => import('@/features/tokens/keys-page'), 'KeysPage'),
});
const logs = createRoute({
  getParentRoute: () => home,
  path: '/logs',
  validateSearch: parseUsageSearch,
  component: lazyRouteComponent(() => import('@/features/logs/logs-page'), 'LogsPage'),
});
const models = createRoute({
  getParentRoute: () => home,
  path: '/models',
  component: lazyRouteComponent(() => import('@/features/models/models-page'), 'ModelsPage'),
});
const account = createRoute({
  getParentRoute: () => home,
  path: '/account',
  component: lazyRouteComponent(() => import('@/features/account/account-page'), 'AccountPage'),
});
const channels = createRoute({
  getParentRoute: () => manage,
  path: '/channels',
  component: lazyRouteComponent(() => import('@/features/channels/channels-page'), 'ChannelsPage'),
});
const users = createRoute({
  getParentRoute: () => manage,
  path: '/users',
  component: lazyRouteComponent(() => import('@/features/users/users-page'), 'UsersPage'),
});
const groups = createRoute({
  getParentRoute: () => manage,
  path: '/groups',
  component: lazyRouteComponent(() => import('@/features/groups/groups-page'), 'GroupsPage'),
});
const settings = createRoute({
  getParentRoute: () => manage,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/features/settings/settings-page'), 'SettingsPage'),
});

const tree = root.addChildren([
  setup,
  login,
  register,
  home.addChildren([dashboard, keys, logs, models, account, manage.addChildren([channels, users, groups, settings])]),
]);

export function createConsoleRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingMs: 300,
    defaultPendingComponent: PagePending,
    defaultErrorComponent: PageProblem,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}

/** Only a path of this console may follow sign-in: `//elsewhere.example` is a foreign host. */
function localPath(value: unknown): string | undefined {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : undefined;
}
