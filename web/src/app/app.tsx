import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { createQueryClient } from '@/api/query-client';
import { session } from '@/api/session';
import { announcer } from './announcer';
import { createConsoleRouter } from './router';
import { cssVariables, theme } from './theme';

export function App() {
  const [queryClient] = useState(() => createQueryClient(announcer));
  const [router] = useState(() => createConsoleRouter(queryClient));

  // A session may end under a page (expired, revoked, signed out in another tab): its data goes, the guards run again.
  useEffect(
    () =>
      session.subscribe(() => {
        if (session.get().status !== 'anonymous') return;
        void router
          .invalidate()
          .then(() => queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'status' }));
      }),
    [router, queryClient],
  );

  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <ModalsProvider>
          <Notifications position="top-center" limit={4} autoClose={4000} />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
