import { z } from 'zod';
import { open } from '../access.ts';
import { operation } from '../operation.ts';
import { session, sessionExample, signInOptions, signInOptionsExample, switchTenantIn } from '../resources/session.ts';
import { exampleId } from '../fields/ids.ts';

const signedIn = { tag: 'Session', access: { kind: 'session' }, isIdempotent: false } as const;
const browser = { tag: 'Browser', access: open, isIdempotent: false, method: 'get', status: 302, response: null } as const;

const providerParam = z.object({ provider: z.string().min(1).max(40).meta({ example: 'google' }) });

/** What a provider adds to the address it sends the browser back to. */
const callbackQuery = z.object({
  code: z.string().max(4000).optional(),
  state: z.string().max(2000).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(4000).optional(),
  error_subcode: z.string().max(200).optional(),
  admin_consent: z.string().max(20).optional(),
});

export const sessionOperations = {
  getSession: operation({
    ...signedIn,
    id: 'getSession',
    method: 'get',
    path: '/v1/session',
    summary: 'Who is signed in',
    status: 200,
    response: session,
    problems: [],
    example: { response: sessionExample },
  }),
  deleteSession: operation({
    ...signedIn,
    id: 'deleteSession',
    method: 'delete',
    path: '/v1/session',
    summary: 'Sign out',
    status: 204,
    response: null,
    problems: [],
    example: {},
  }),
  switchTenant: operation({
    ...signedIn,
    id: 'switchTenant',
    method: 'post',
    path: '/v1/session/tenant',
    summary: 'Go on in another tenant of the same account',
    body: switchTenantIn,
    status: 200,
    response: session,
    problems: ['not-found'],
    example: { body: { tenant_id: exampleId('tenant') }, response: sessionExample },
  }),
  getSignInOptions: operation({
    id: 'getSignInOptions',
    method: 'get',
    path: '/v1/sign-in-options',
    tag: 'Session',
    access: open,
    isIdempotent: false,
    summary: 'Ways to sign in',
    status: 200,
    response: signInOptions,
    problems: [],
    example: { response: signInOptionsExample },
  }),
  signInWithLink: operation({
    ...browser,
    id: 'signInWithLink',
    path: '/auth/link',
    summary: 'Sign in with a link that works once; goes on to the app',
    query: z.object({ token: z.string().min(1).max(500) }),
    problems: ['sign-in-link-used', 'sign-in-link-unknown'],
    example: { query: { token: 'q3X9' } },
  }),
  startSignIn: operation({
    ...browser,
    id: 'startSignIn',
    path: '/auth/{provider}',
    summary: 'Sign in with a provider; goes on to it',
    params: providerParam,
    query: z.object({ return_to: z.string().max(2000).optional() }),
    problems: ['provider-not-configured'],
    example: { params: { provider: 'google' } },
  }),
  finishSignIn: operation({
    ...browser,
    id: 'finishSignIn',
    path: '/auth/{provider}/callback',
    summary: 'Where a provider sends the browser after signing in; goes on to the app',
    params: providerParam,
    query: callbackQuery,
    problems: [
      'oauth-state-invalid',
      'oauth-state-used',
      'oauth-denied',
      'sign-in-failed',
      'account-unknown',
      'admin-consent-required',
      'conditional-access-blocked',
      'provider-client-invalid',
      'provider-unavailable',
    ],
    example: { params: { provider: 'google' }, query: { code: '4/0Ab', state: 'Zk3uQ9sVfA' } },
  }),
  finishConnecting: operation({
    ...browser,
    id: 'finishConnecting',
    path: '/oauth/{provider}/callback',
    summary: 'Where a provider sends the browser after consent; goes on to the app',
    description:
      'Makes or renews the connection and starts its first run. Every end (connected, cancelled, approval needed, approved, failed) has its page in the app; an approval by an administrator connects nothing by itself.',
    params: providerParam,
    query: callbackQuery,
    problems: [
      'oauth-state-invalid',
      'oauth-state-used',
      'oauth-denied',
      'account-mismatch',
      'admin-consent-required',
      'conditional-access-blocked',
      'connection-limit',
      'scope-missing',
      'provider-client-invalid',
      'provider-unavailable',
    ],
    example: { params: { provider: 'google' }, query: { code: '4/0Ab', state: 'Zk3uQ9sVfA' } },
  }),
};
