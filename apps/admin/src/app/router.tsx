import type { QueryClient } from '@tanstack/react-query';
import type { RouterHistory } from '@tanstack/react-router';
import { Outlet, createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { ProblemError } from '../lib/problem-error.ts';
import { providersQuery } from '../lib/queries/providers.ts';
import { sessionQuery } from '../lib/queries/session.ts';
import { dayOrNone, given, oneOf, textOf } from '../lib/search.ts';
import { RouteProblem, RouteWait, ShellProblem, UnknownPage } from './route-states.tsx';
import { Shell } from './shell.tsx';

interface RouterContext {
  readonly queryClient: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: UnknownPage,
  errorComponent: ShellProblem,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search) => given({ problem: textOf(search['problem']), return_to: textOf(search['return_to']) }),
  component: lazyRouteComponent(() => import('../features/session/sign-in-page.tsx'), 'Component'),
});

const connectResult = createRoute({
  getParentRoute: () => root,
  path: '/connect/result',
  validateSearch: (search) =>
    given({
      outcome: oneOf(search['outcome'], ['connected', 'denied', 'admin-consent', 'approved', 'failed']),
      code: textOf(search['code']),
      connection_id: textOf(search['connection_id']),
      provider: textOf(search['provider']),
      reference: textOf(search['reference'] ?? search['request_id']),
    }),
  component: lazyRouteComponent(() => import('../features/connections/connect-result-page.tsx'), 'Component'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../features/setup/setup-page.tsx'), 'Component'),
});

const setupResult = createRoute({
  getParentRoute: () => root,
  path: '/setup/result',
  validateSearch: (search) =>
    given({
      outcome: oneOf(search['outcome'], ['connected', 'approved', 'denied', 'admin-consent', 'failed']),
      code: textOf(search['code']),
    }),
  component: lazyRouteComponent(() => import('../features/setup/setup-result-page.tsx'), 'Component'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  errorComponent: ShellProblem,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      throw redirect({
        to: '/sign-in',
        search: { problem: error.code === 'session-expired' ? error.code : undefined, return_to: returnPath(location.href) },
      });
    }
    void context.queryClient.prefetchQuery(providersQuery);
  },
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('../features/overview/overview-page.tsx'), 'Component'),
});

const connections = createRoute({
  getParentRoute: () => shell,
  path: '/connections',
  validateSearch: (search) =>
    given({
      view: oneOf(search['view'], ['needs-action', 'recovering', 'paused', 'pending']),
      provider: textOf(search['provider']),
      status: oneOf(search['status'], ['pending', 'active', 'paused', 'expired', 'error', 'revoked']),
      q: textOf(search['q']),
      connect: oneOf(search['connect'], ['open']),
    }),
  component: lazyRouteComponent(() => import('../features/connections/connections-page.tsx'), 'Component'),
});

const connectionDetail = createRoute({
  getParentRoute: () => shell,
  path: '/connections/$connectionId',
  validateSearch: (search) => given({ runs: oneOf(search['runs'], ['failed']) }),
  component: lazyRouteComponent(() => import('../features/connections/connection-detail-page.tsx'), 'Component'),
});

const setupLinks = createRoute({
  getParentRoute: () => shell,
  path: '/setup-links',
  validateSearch: (search) =>
    given({
      status: oneOf(search['status'], ['open', 'used', 'revoked', 'expired']),
      make: oneOf(search['make'], ['open']),
    }),
  component: lazyRouteComponent(() => import('../features/setup-links/setup-links-page.tsx'), 'Component'),
});

const providers = createRoute({
  getParentRoute: () => shell,
  path: '/providers',
  component: lazyRouteComponent(() => import('../features/providers/providers-page.tsx'), 'Component'),
});

const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  validateSearch: (search) =>
    given({
      view: oneOf(search['view'], ['week', 'agenda']),
      date: dayOrNone(search['date']),
      calendar: textOf(search['calendar']),
      event: textOf(search['event']),
    }),
  component: lazyRouteComponent(() => import('../features/events/events-page.tsx'), 'Component'),
});

const schedule = createRoute({
  getParentRoute: () => shell,
  path: '/schedule',
  validateSearch: (search) =>
    given({
      date: dayOrNone(search['date']),
      title: textOf(search['title']),
      reference: textOf(search['reference']),
      reference_type: textOf(search['reference_type']),
      reference_url: textOf(search['reference_url']),
    }),
  component: lazyRouteComponent(() => import('../features/scheduling/schedule-page.tsx'), 'Component'),
});

const meetings = createRoute({
  getParentRoute: () => shell,
  path: '/meetings',
  validateSearch: (search) =>
    given({
      view: oneOf(search['view'], ['past', 'cancelled']),
      q: textOf(search['q']),
    }),
  component: lazyRouteComponent(() => import('../features/meetings/meetings-page.tsx'), 'Component'),
});

const meetingDetail = createRoute({
  getParentRoute: () => shell,
  path: '/meetings/$meetingId',
  validateSearch: (search) => given({ move: oneOf(search['move'], ['open']) }),
  component: lazyRouteComponent(() => import('../features/meetings/meeting-detail-page.tsx'), 'Component'),
});

const routeTree = root.addChildren([
  signIn,
  connectResult,
  setup,
  setupResult,
  shell.addChildren([overview, connections, connectionDetail, setupLinks, providers, events, schedule, meetings, meetingDetail]),
]);

/** All pages; the pages themselves are loaded when they are first opened. */
export function createAppRouter(queryClient: QueryClient, history?: RouterHistory) {
  const router = createRouter({
    routeTree,
    ...(history === undefined ? {} : { history }),
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingComponent: RouteWait,
    defaultErrorComponent: RouteProblem,
    scrollRestoration: true,
  });
  queryClient.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || query.queryKey[0] === 'session' || query.state.status !== 'error') return;
    const { error } = query.state;
    if (!(error instanceof ProblemError) || error.status !== 401 || router.state.location.pathname === '/sign-in') return;
    queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
    void router.navigate({ to: '/sign-in', search: { problem: error.code, return_to: returnPath(router.state.location.href) } });
  });
  return router;
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}

function returnPath(href: string): string | undefined {
  return href === '/' ? undefined : href;
}
