import type { SetupInvitation } from '@daymark/api-contract';
import { queryOptions, useMutation } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';
import { leaveTo } from '../../lib/leave-to.ts';

const openSetupLink = endpoint<'openSetupLink'>({ method: 'post', path: '/v1/setup/open', takesKey: false });
const authorizeSetupLink = endpoint<'authorizeSetupLink'>({ method: 'post', path: '/v1/setup/authorize', takesKey: false });

const VISIT = 'daymark.setup';

/** Which link somebody came with, and where they went; kept by the tab until the calendar is connected. */
export interface Visit {
  readonly token: string;
  readonly provider: string | null;
}

/** What the link asks, and for whom. */
export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: ['setup', token],
    queryFn: ({ signal }): Promise<SetupInvitation> => call(openSetupLink, { body: { token }, signal }),
    retry: false,
    refetchOnWindowFocus: false,
  });
}

/** Goes to the provider. The tab keeps the link, so that it can be tried again when consent does not end well. */
export function useConsent(token: string) {
  return useMutation({
    mutationFn: (provider: string) => call(authorizeSetupLink, { body: { token, provider } }),
    onSuccess: ({ authorize_url: url }, provider) => {
      keepVisit({ token, provider });
      leaveTo(url);
    },
  });
}

/** What an administrator allows, as the consent would ask for it. The parameters have these names by RFC 6749 §4.1.1. */
export function useAppToAllow({ token, provider }: Visit) {
  return useMutation({
    mutationFn: async () => {
      const { authorize_url: url } = await call(authorizeSetupLink, { body: { token, provider: provider ?? '' } });
      const { searchParams } = new URL(url);
      return { clientId: searchParams.get('client_id') ?? '', scopes: (searchParams.get('scope') ?? '').split(' ').filter(Boolean) };
    },
  });
}

export function keepVisit(visit: Visit): void {
  sessionStorage.setItem(VISIT, JSON.stringify(visit));
}

export function forgetVisit(): void {
  sessionStorage.removeItem(VISIT);
}

/** Null in another tab or browser than the one in which the link was opened. */
export function keptVisit(): Visit | null {
  const kept = sessionStorage.getItem(VISIT);
  return kept === null ? null : (JSON.parse(kept) as Visit);
}
