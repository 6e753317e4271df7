import {
  IconAdjustmentsHorizontal,
  IconChartHistogram,
  IconKey,
  IconListDetails,
  IconRoute,
  IconTags,
  IconUsers,
  IconUsersGroup,
  type Icon,
} from '@tabler/icons-react';
import type { User } from '@/api/types';
import { isAdmin } from '@/shared/hooks/use-session';

interface Destination {
  readonly to: '/' | '/keys' | '/logs' | '/models' | '/channels' | '/users' | '/groups' | '/settings';
  readonly name: 'dashboard' | 'keys' | 'logs' | 'models' | 'channels' | 'users' | 'groups' | 'settings';
  readonly icon: Icon;
}

interface Section {
  readonly name: 'use' | 'manage';
  readonly adminOnly: boolean;
  readonly items: readonly Destination[];
}

const sections: readonly Section[] = [
  {
    name: 'use',
    adminOnly: false,
    items: [
      { to: '/', name: 'dashboard', icon: IconChartHistogram },
      { to: '/keys', name: 'keys', icon: IconKey },
      { to: '/logs', name: 'logs', icon: IconListDetails },
      { to: '/models', name: 'models', icon: IconTags },
    ],
  },
  {
    name: 'manage',
    adminOnly: true,
    items: [
      { to: '/channels', name: 'channels', icon: IconRoute },
      { to: '/users', name: 'users', icon: IconUsers },
      { to: '/groups', name: 'groups', icon: IconUsersGroup },
      { to: '/settings', name: 'settings', icon: IconAdjustmentsHorizontal },
    ],
  },
];

export const sectionsFor = (user: User): readonly Section[] =>
  sections.filter(({ adminOnly }) => !adminOnly || isAdmin(user));
