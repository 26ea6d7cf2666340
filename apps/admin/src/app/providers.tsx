import { MantineProvider } from '@mantine/core';
import type { QueryClient } from '@tanstack/react-query';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Suspense, lazy } from 'react';
import { ClockProvider } from '../lib/clock.tsx';
import { ZoneProvider } from '../lib/zone.tsx';
import type { AppRouter } from './router.tsx';
import { cssVariablesResolver, theme } from './theme.ts';

const Notices = lazy(() => import('./notices.tsx').then(({ Notices: part }) => ({ default: part })));

interface ProvidersProps {
  readonly queryClient: QueryClient;
  readonly router: AppRouter;
  /** `test` switches motion off. */
  readonly env?: 'default' | 'test';
}

export function Providers({ queryClient, router, env = 'default' }: ProvidersProps): ReactNode {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto" env={env}>
      <QueryClientProvider client={queryClient}>
        <ClockProvider>
          <ZoneProvider>
            <Suspense fallback={null}>
              <Notices />
            </Suspense>
            <RouterProvider router={router} />
          </ZoneProvider>
        </ClockProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
