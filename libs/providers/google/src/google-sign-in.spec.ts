import { Secret } from '@daymark/domain';
import type { PkceStateStore } from '@daymark/provider-contract';
import type { Strategy } from 'passport';
import { describe, expect, it } from 'vitest';
import { NOW, ScriptedGoogle } from './testing/scripted-google.ts';
import { openGoogleWorld } from './testing/google-world.ts';
import { GoogleProvider } from './google.provider.ts';

const provider = new GoogleProvider({ clientId: 'client', clientSecrets: [new Secret('new-secret'), new Secret('old-secret')] });

/** Keeps the verifier under a handle and gives it out once. */
class MemoryStore implements PkceStateStore {
  readonly verifiers = new Map<string, string>();

  store(_request: unknown, verifier: string, _state: unknown, _meta: unknown, done: (error: Error | null, handle?: string) => void): void {
    this.verifiers.set('handle-1', verifier);
    done(null, 'handle-1');
  }

  verify(_request: unknown, handle: string, done: (error: Error | null, verifier?: string | false, state?: unknown) => void): void {
    const verifier = this.verifiers.get(handle);
    this.verifiers.delete(handle);
    done(null, verifier ?? false);
  }
}

type Outcome = { redirect: string } | { user: unknown } | { failure: unknown } | { error: unknown };

/** What Passport does with a strategy for one request. */
function authenticate(strategy: Strategy, query: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve) => {
    const attempt = Object.assign(Object.create(strategy) as Strategy, {
      redirect: (redirect: string) => resolve({ redirect }),
      success: (user: unknown) => resolve({ user }),
      fail: (failure: unknown) => resolve({ failure }),
      error: (error: unknown) => resolve({ error }),
    });
    Reflect.apply(strategy.authenticate, attempt, [{ query }, provider.signIn.authenticateOptions]);
  });
}

function strategyFor(google: ScriptedGoogle, stateStore = new MemoryStore()): Strategy {
  return provider.signIn.strategy({
    callbackUrl: 'https://daymark.example/auth/google/callback',
    stateStore,
    fetch: google.fetch,
    now: () => NOW,
  });
}

describe('signing in with Google', () => {
  it('asks for identity only, with PKCE and the state of the host', async () => {
    const outcome = await authenticate(strategyFor(new ScriptedGoogle()), {});
    const url = new URL('redirect' in outcome ? outcome.redirect : 'about:blank');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      scope: 'openid email profile',
      state: 'handle-1',
      code_challenge_method: 'S256',
      access_type: 'online',
      client_id: 'client',
      redirect_uri: 'https://daymark.example/auth/google/callback',
    });
    expect(url.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });

  it('yields the account by its stable number, over the host’s client, with no token in an address', async () => {
    const google = new ScriptedGoogle(
      { status: 401, body: { error: 'invalid_client' } },
      { body: { access_token: 'ya29.canary', expires_in: 3599 } },
      { body: { sub: '1076915', email: 'ada@example.org', email_verified: true, name: 'Ada' } },
    );
    const store = new MemoryStore();
    const strategy = strategyFor(google, store);
    await authenticate(strategy, {});
    const verifier = store.verifiers.get('handle-1');
    expect(await authenticate(strategy, { code: 'c', state: 'handle-1' })).toEqual({
      user: { id: '1076915', email: 'ada@example.org', emailVerified: true, name: 'Ada' },
    });
    expect(google.calls.map((call) => call.form.get('client_secret'))).toEqual(['new-secret', 'old-secret', null]);
    expect(google.calls[1]?.form.get('code_verifier')).toBe(verifier);
    expect(google.calls.some((call) => call.url.href.includes('canary'))).toBe(false);
  });

  it('refuses a state that was used before', async () => {
    const google = new ScriptedGoogle();
    expect(await authenticate(strategyFor(google), { code: 'c', state: 'handle-1' })).toHaveProperty('failure');
    expect(google.calls).toHaveLength(0);
  });

  it('fails when the person says no, and is an error when Google is away', async () => {
    expect(await authenticate(strategyFor(new ScriptedGoogle()), { error: 'access_denied' })).toHaveProperty('failure');
    const store = new MemoryStore();
    const strategy = strategyFor(new ScriptedGoogle({ status: 503, text: '' }), store);
    await authenticate(strategy, {});
    expect(await authenticate(strategy, { code: 'c', state: 'handle-1' })).toHaveProperty('error');
  });

  it('goes through the consent page to the person who chose an account, once', async () => {
    const world = await openGoogleWorld();
    try {
      await world.reset(NOW);
      const { owner } = world.people;
      const strategy = world.provider.signIn?.strategy({
        callbackUrl: world.redirectUri,
        stateStore: new MemoryStore(),
        fetch,
        now: world.clock.now,
      });
      if (strategy === undefined) throw new Error('expected a strategy');
      const outcome = await authenticate(strategy, {});
      if (!('redirect' in outcome)) throw new Error('expected a redirect');
      const query = Object.fromEntries((await world.consent(outcome.redirect)).searchParams);
      expect(await authenticate(strategy, query)).toMatchObject({ user: { email: owner.email, emailVerified: true, name: owner.name } });
      expect(await authenticate(strategy, query)).toHaveProperty('failure');
      expect(world.faults.calls('token')).toBe(1);
    } finally {
      await world.close();
    }
  });
});
