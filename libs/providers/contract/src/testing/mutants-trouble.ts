import { Secret } from '@daymark/domain';
import type { Credentials } from '../provider-auth.ts';
import { ProviderError } from '../provider-error.ts';
import type { ProviderErrorDetails } from '../provider-error.ts';
import { inAccess, inAuth, inDeclaration, inErrors, inSession } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const troubleMutants: readonly Mutant[] = [
  inErrors('tells every trouble as being unavailable', (error) =>
    error instanceof ProviderError ? retold(error, { code: 'unavailable' }) : error,
  ),
  inErrors('tells trouble with a calendar as trouble with the connection', (error) =>
    error instanceof ProviderError && error.subject === 'calendar' ? retold(error, { subject: 'connection' }) : error,
  ),
  inErrors('tells trouble with an event as trouble with its calendar', (error) =>
    error instanceof ProviderError && error.subject === 'event' ? retold(error, { subject: 'calendar' }) : error,
  ),
  inErrors('forgets how long the service asked to wait', (error) =>
    error instanceof ProviderError ? retold(error, { retryAfterMs: undefined }) : error,
  ),
  inErrors('takes being asked to slow down for a refusal', (error) =>
    error instanceof ProviderError && error.code === 'rate-limited' ? retold(error, { code: 'forbidden' }) : error,
  ),
  inErrors('takes an expired cursor for a bad request', (error) =>
    error instanceof ProviderError && error.code === 'cursor-expired' ? retold(error, { code: 'invalid-request' }) : error,
  ),
  inErrors('does not say that a scope is missing', (error) =>
    error instanceof ProviderError ? retold(error, { problem: undefined }) : error,
  ),
  inErrors('says in its messages what the service said', (error) =>
    error instanceof ProviderError ? retold(error, { message: `${error.message}: canary` }) : error,
  ),
  inErrors('throws errors of its own kind', (error) => new Error('it did not work', { cause: error })),
  inSession('repeats by itself what failed', (session) => ({
    listCalendars: () => session.listCalendars().catch(() => session.listCalendars()),
    listChanges: (request) => session.listChanges(request).catch(() => session.listChanges(request)),
  })),
  inAccess('keeps the first access token for ever', (access) => {
    let first: Promise<Credentials> | undefined;
    return { ...access, credentials: () => (first ??= access.credentials()) };
  }),
  inAccess('goes out without the host’s client', (access) => ({ ...access, fetch })),
  inAccess('takes every profile for the one that may write', (access) => ({ ...access, profile: 'read_write' })),
  inDeclaration('declares less than it offers', []),
  inAuth('gives no refresh token', (auth) => ({
    async exchangeCode(exchange, ports) {
      const { tokens, account } = await auth.exchangeCode(exchange, ports);
      return { account, tokens: { ...tokens, refreshToken: null } };
    },
  })),
  inAuth('loses the refresh token that replaces another', (auth) => ({
    refresh: async (token, ports) => ({ ...(await auth.refresh(token, ports)), refreshToken: null }),
  })),
  {
    ...inAuth('puts an empty refresh token in the place of a good one', (auth) => ({
      async refresh(token, ports) {
        const fresh = await auth.refresh(token, ports);
        return { ...fresh, refreshToken: fresh.refreshToken ?? new Secret('') };
      },
    })),
    needs: ['lasting-refresh-token'],
  },
  inAuth('takes a bad minute of the service for the end of the grant', (auth) => ({
    refresh: (token, ports) =>
      auth.refresh(token, ports).catch((error: unknown) => {
        throw error instanceof ProviderError ? retold(error, { code: 'unauthorized' }) : error;
      }),
  })),
  inAuth('takes the end of the grant for a bad minute', (auth) => ({
    refresh: (token, ports) =>
      auth.refresh(token, ports).catch((error: unknown) => {
        throw error instanceof ProviderError && error.code === 'unauthorized' ? retold(error, { code: 'unavailable' }) : error;
      }),
  })),
  inAuth('knows people by their address', (auth) => ({
    async exchangeCode(exchange, ports) {
      const { tokens, account } = await auth.exchangeCode(exchange, ports);
      return { tokens, account: { ...account, id: account.email } };
    },
  })),
  inAuth('does not notice what was left unticked', () => ({ missing: () => [] })),
  inAuth('counts the life of a token from 1970 on', (auth) => ({
    async exchangeCode(exchange, ports) {
      const { tokens, account } = await auth.exchangeCode(exchange, ports);
      return { account, tokens: { ...tokens, expiresAt: (tokens.expiresAt - ports.now()) as typeof tokens.expiresAt } };
    },
  })),
  { ...inAuth('only forgets a grant that it should end', () => ({ revoke: () => Promise.resolve() })), needs: ['revocation'] },
  inAuth('does not know whether revoking one grant ends the others', ({ revokesWholeAccount }) => ({
    revokesWholeAccount: !revokesWholeAccount,
  })),
  inAuth('finds it a failure to revoke what is revoked', (auth) => {
    const revoked = new Set<string>();
    return {
      async revoke(token, ports) {
        if (revoked.has(token.reveal())) throw new ProviderError('unauthorized', 'It is revoked already');
        revoked.add(token.reveal());
        await auth.revoke(token, ports);
      },
    };
  }),
];

function retold(error: ProviderError, other: Partial<Pick<ProviderError, 'code' | 'message'>> & ProviderErrorDetails): ProviderError {
  const { subject, retryAfterMs, status, reason, problem, cause } = error;
  const details = { subject, status: status ?? undefined, reason: reason ?? undefined, retryAfterMs: retryAfterMs ?? undefined };
  return new ProviderError(other.code ?? error.code, other.message ?? error.message, {
    ...details,
    problem: problem ?? undefined,
    cause,
    ...other,
  });
}
