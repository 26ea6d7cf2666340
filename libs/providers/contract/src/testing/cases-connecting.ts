import { DAY_MS } from '@daymark/domain';
import type { Secret } from '@daymark/domain';
import { expect } from 'vitest';
import type { AccessProfile, MissingScope, TokenSet } from '../provider-auth.ts';
import { ProviderError } from '../provider-error.ts';
import { group } from './case-group.ts';
import { Copy } from './copy.ts';
import type { Scene } from './scene.ts';
import { NOW, SOON } from './scene.ts';

const profiles: readonly AccessProfile[] = ['free_busy', 'read', 'read_write'];

export const authCases = group('auth and refresh', [], (test) => {
  test('CON-04 takes the person through consent to tokens, account and calendars', async (scene) => {
    const { tokens, account } = await scene.connect();
    const { owner } = scene.world.people;
    expect(account).toMatchObject({ email: owner.email, name: owner.name });
    expect(account.id).not.toContain('@');
    expect(tokens.refreshToken).not.toBeNull();
    expect(scene.provider.auth.missing('read_write', tokens.scopes)).toEqual([]);
    expect(await scene.open(tokens).listCalendars()).toMatchObject([{ id: owner.calendarId, primary: true, accessRole: 'owner' }]);
  });

  test('CON-04 knows the account by the same id when it connects again', async (scene) => {
    const [first, second] = [await scene.connect('read'), await scene.connect('read_write')];
    expect(second.account.id).toBe(first.account.id);
  });

  test('asks for nothing that the manifest does not give a reason for', async ({ provider }) => {
    for (const profile of profiles) {
      const reasons = new Map(provider.manifest.profiles[profile].scopes.map(({ scope, reason }) => [scope, reason]));
      for (const scope of provider.auth.scopesFor(profile)) expect(reasons.get(scope), scope).toMatch(/\w+ \w+.*\.$/);
    }
  });

  test('says what is missing when nothing was granted, and nothing when all was', async ({ provider }) => {
    for (const profile of profiles) {
      const missing = provider.auth.missing(profile, []);
      expect(missing).not.toEqual([]);
      for (const { scope, capability } of missing)
        expect([provider.auth.scopesFor(profile).includes(scope), capability !== '']).toEqual([true, true]);
      expect(provider.auth.missing(profile, provider.auth.scopesFor(profile))).toEqual([]);
    }
  });

  test('sends the person to a page that knows state, challenge and the wished account, without a call', async (scene) => {
    const url = new URL(
      scene.provider.auth.authorizeUrl({
        redirectUri: scene.world.redirectUri,
        state: 'a state',
        codeChallenge: 'a-challenge',
        profile: 'read',
        loginHint: 'someone@daymark.example',
      }),
    );
    const values = [...url.searchParams.values()];
    expect(values).toEqual(expect.arrayContaining(['a state', 'a-challenge', 'S256', scene.world.redirectUri, 'someone@daymark.example']));
    expect(scene.world.faults.allCalls()).toBe(0);
  });

  test('takes a code once', async (scene) => {
    const code = await scene.consent('read');
    const exchange = { code, redirectUri: scene.world.redirectUri, codeVerifier: 'verifier-'.padEnd(43, 'v') };
    await scene.provider.auth.exchangeCode(exchange, scene.ports);
    await expect(scene.provider.auth.exchangeCode(exchange, scene.ports)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('takes a code only from whom it was given to', async (scene) => {
    const exchange = { code: await scene.consent('read'), redirectUri: scene.world.redirectUri, codeVerifier: 'another'.padEnd(43, 'x') };
    await expect(scene.provider.auth.exchangeCode(exchange, scene.ports)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('tells when an access token ends, by the clock that it was lent', async (scene) => {
    const { tokens } = await scene.connect('read');
    expect(tokens.expiresAt).toBeGreaterThan(NOW);
    expect(tokens.expiresAt).toBeLessThan(NOW + 2 * DAY_MS);
  });

  test('F21 refreshes and loses nothing that was granted', async (scene) => {
    const { tokens } = await scene.connect('read');
    const once = kept(tokens, await scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports));
    const twice = kept(once, await scene.provider.auth.refresh(refreshTokenOf(once), scene.ports));
    expect(await scene.open(twice, { profile: 'read' }).listCalendars()).toHaveLength(1);
    expect(scene.provider.auth.missing('read', twice.scopes)).toEqual([]);
    expect(twice.expiresAt).toBeGreaterThan(scene.world.clock.now());
  });

  test('F21 hands on the refresh token that replaces the one before', async (scene) => {
    const { tokens } = await scene.connect('read');
    scene.world.faults.rotateRefreshTokens();
    const once = kept(tokens, await scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports));
    const twice = kept(once, await scene.provider.auth.refresh(refreshTokenOf(once), scene.ports));
    expect(await scene.open(twice, { profile: 'read' }).listCalendars()).toHaveLength(1);
  });

  test('F21 stays connected for longer than a refresh token lives that is not replaced', async (scene) => {
    let { tokens } = await scene.connect('read');
    for (let months = 1; months <= 8; months += 1) {
      scene.world.clock.advance(30 * DAY_MS);
      tokens = kept(tokens, await scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports));
    }
    expect(await scene.open(tokens, { profile: 'read' }).listCalendars()).toHaveLength(1);
  });

  test('CON-12 says that an access token ran out, and goes on with the next', async (scene) => {
    const { tokens } = await scene.connect('read');
    scene.world.faults.expireAccess();
    await expect(scene.open(tokens, { profile: 'read' }).listCalendars()).rejects.toMatchObject({ code: 'unauthorized' });
    const fresh = await scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports);
    expect(await scene.open(fresh, { profile: 'read' }).listCalendars()).toHaveLength(1);
  });

  test('F20 asks for credentials anew at each call, so that a long reading outlives a token', async (scene) => {
    const { tokens } = await scene.connect('read');
    let current = tokens;
    const session = scene.open(tokens, { profile: 'read', credentials: () => Promise.resolve({ accessToken: current.accessToken }) });
    await session.listCalendars();
    scene.world.faults.expireAccess();
    current = await scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports);
    expect(await session.listCalendars()).toHaveLength(1);
  });

  test('F20 CON-13 is over when the person withdraws it', async (scene) => {
    const { tokens } = await scene.connect('read');
    scene.world.faults.revoke();
    await expect(scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(scene.open(tokens, { profile: 'read' }).listCalendars()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('F20 is not over because the service has a bad minute', async (scene) => {
    const { tokens } = await scene.connect('read');
    const refresh = () => scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports);
    scene.world.faults.answer('token', { kind: 'unavailable', waitMs: null });
    await expect(refresh()).rejects.toMatchObject({ code: 'unavailable' });
    scene.world.faults.answer('token', { kind: 'reset', when: 'before' });
    await expect(refresh()).rejects.toMatchObject({ code: 'unavailable' });
    scene.world.faults.answer('token', { kind: 'rate-limited', waitMs: 4000 });
    await expect(refresh()).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 4000 });
    await refresh();
  });

  test('F20 blames a refused registration on us and not on the person', async (scene) => {
    const { tokens } = await scene.connect('read');
    const refused = scene.misregistered.auth.refresh(refreshTokenOf(tokens), scene.ports);
    await expect(refused).rejects.toMatchObject({ code: 'forbidden', subject: 'connection', problem: 'provider-client-invalid' });
    await scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports);
  });

  test('does not take a page of something on the way for tokens', async (scene) => {
    const { tokens } = await scene.connect('read');
    scene.world.faults.answer('token', { kind: 'garbage' });
    const refresh = scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports);
    await expect(refresh).rejects.toMatchObject({ name: 'ProviderError', code: expect.stringMatching(/^(invalid-response|unavailable)$/) });
  });

  test('revokes, and finds it done the second time', async (scene) => {
    const { tokens } = await scene.connect('read');
    await scene.provider.auth.revoke(refreshTokenOf(tokens), scene.ports);
    await scene.provider.auth.revoke(refreshTokenOf(tokens), scene.ports);
  });

  test.needs('revocation')('ends the grant at the service', async (scene) => {
    const { tokens } = await scene.connect('read');
    await scene.provider.auth.revoke(refreshTokenOf(tokens), scene.ports);
    await expect(scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(scene.open(tokens, { profile: 'read' }).listCalendars()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('ends the other grants of the account with one of them, or leaves them, as it says', async (scene) => {
    const { auth } = scene.provider;
    const [one, other] = [(await scene.connect('read')).tokens, (await scene.connect('read')).tokens];
    await auth.revoke(refreshTokenOf(one), scene.ports);
    const outcome = await auth.refresh(refreshTokenOf(other), scene.ports).then(
      () => 'goes on',
      (error: unknown) => (error instanceof ProviderError ? error.code : error),
    );
    expect(outcome).toBe(auth.revokesWholeAccount ? 'unauthorized' : 'goes on');
  });

  test('F22 says what is missing when the account was connected for less', async (scene) => {
    const { tokens } = await scene.connect('free_busy');
    for (const profile of ['read', 'read_write'] as const) {
      const missing = scene.provider.auth.missing(profile, tokens.scopes).map(({ scope }) => scope);
      expect(missing.length).toBeGreaterThan(0);
      expect(missing.filter((scope) => tokens.scopes.includes(scope) || !scene.provider.auth.scopesFor(profile).includes(scope))).toEqual(
        [],
      );
    }
  });

  test('F22 says of an event that a scope is missing when only busy times may be seen', async (scene) => {
    const { calendarId, eventId } = await scene.seed('hidden', 1);
    const session = await scene.session('free_busy');
    const refused = { name: 'ProviderError', code: 'forbidden', subject: 'connection', problem: 'scope-missing' };
    await expect(session.getEvent({ calendarId, eventId })).rejects.toMatchObject(refused);
    const originalStart = { kind: 'timed', at: SOON } as const;
    await expect(session.getOccurrence({ calendarId, seriesId: eventId, originalStart })).rejects.toMatchObject(refused);
  });

  test('CON-04 takes nothing from a connection when the account is connected again for less', async (scene) => {
    await scene.seed('kept', 2);
    const { tokens } = await scene.connect('read_write');
    await scene.connect('free_busy');
    const fresh = kept(tokens, await scene.provider.auth.refresh(refreshTokenOf(tokens), scene.ports));
    for (const one of [tokens, fresh]) {
      const copy = new Copy(scene.calendarId);
      await copy.read(scene.open(one));
      expect(copy.titles()).toEqual(['kept']);
    }
  });

  test('opens a session without a call and without credentials', async (scene) => {
    const never = () => Promise.reject(new Error('too early'));
    for (const profile of profiles) scene.provider.open({ profile, credentials: never, fetch: never, now: () => NOW });
    expect(scene.world.faults.allCalls()).toBe(0);
  });

  test('lets through what the host says of its credentials', async (scene) => {
    const { tokens } = await scene.connect('read');
    const gone = new ProviderError('unauthorized', 'The connection was ended', { reason: 'by-host' });
    const session = scene.open(tokens, { profile: 'read', credentials: () => Promise.reject(gone) });
    await expect(session.listCalendars()).rejects.toMatchObject({ code: 'unauthorized', reason: 'by-host' });
  });

  test('offers in a session what it declares, and nothing else', async (scene) => {
    const { capabilities, manifest } = scene.provider;
    const { tokens } = await scene.connect();
    const session = scene.open(tokens);
    expect({
      write: session.writer !== undefined,
      freeBusy: session.freeBusy !== undefined,
      findTimes: session.findTimes !== undefined,
      conference: manifest.conference !== null,
      push: [session.push, scene.provider.push, manifest.limits.channelLifeMs].map((part) => part !== undefined && part !== null),
    }).toEqual({
      write: capabilities.includes('write'),
      freeBusy: capabilities.includes('free-busy'),
      findTimes: capabilities.includes('find-times'),
      conference: capabilities.includes('conference'),
      push: Array.from({ length: 3 }, () => capabilities.includes('push')),
    });
  });

  test('gives a reading connection no writer', async (scene) => {
    const { tokens } = await scene.connect('read');
    expect([scene.open(tokens, { profile: 'read' }).writer, scene.open(tokens, { profile: 'free_busy' }).writer]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

export const consentCases = group('partial consent', ['partial-consent'], (test) => {
  test('F22 names exactly what was left unticked', async (scene) => {
    for (const { scope } of whatCanBeUnticked(scene)) {
      await scene.world.reset(NOW);
      const { tokens } = await scene.connect('read_write', { unticked: [scope] });
      expect(scene.provider.auth.missing('read_write', tokens.scopes).map((missing) => missing.scope)).toEqual([scope]);
    }
  });

  test('F22 says of what then does not work that a scope is missing, and of nothing else', async (scene) => {
    for (const { scope, capability } of whatCanBeUnticked(scene)) {
      await scene.world.reset(NOW);
      const session = scene.open((await scene.connect('read_write', { unticked: [scope] })).tokens);
      const outcomes = await Promise.allSettled([
        session.listCalendars(),
        new Copy(scene.calendarId).read(session),
        session.freeBusy?.read({
          subjects: [scene.calendarId],
          window: new Copy(scene.calendarId).window,
          zone: scene.world.people.owner.zone,
        }),
      ]);
      const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      expect(refusals.length, `without '${capability}'`).toBeLessThan(outcomes.length);
      for (const refusal of refusals)
        expect(refusal).toMatchObject({ name: 'ProviderError', code: 'forbidden', subject: 'connection', problem: 'scope-missing' });
    }
  });

  test('F22 reads no events as long as that was not allowed, and after another consent all of them', async (scene) => {
    await scene.seed('kept', 2);
    const calendarScopes = scene.provider.auth.missing('read', []).map(({ scope }) => scope);
    const { tokens } = await scene.connect('read', { unticked: calendarScopes });
    const copy = new Copy(scene.calendarId);
    await expect(copy.read(scene.open(tokens, { profile: 'read' }))).rejects.toMatchObject({ code: 'forbidden', subject: 'connection' });
    await copy.read(await scene.session('read'));
    expect(copy.titles()).toEqual(['kept']);
  });
});

function whatCanBeUnticked({ provider }: Scene): readonly MissingScope[] {
  const all = provider.auth.missing('read_write', []);
  if (all.length === 0) throw new Error('nothing is missing when nothing was granted');
  return all;
}

/** What a host keeps of a token set after a refresh. */
function kept(before: TokenSet, fresh: TokenSet): TokenSet {
  return {
    ...fresh,
    refreshToken: fresh.refreshToken ?? before.refreshToken,
    scopes: fresh.scopes.length === 0 ? before.scopes : fresh.scopes,
  };
}

function refreshTokenOf({ refreshToken }: TokenSet): Secret {
  if (refreshToken === null) throw new Error('expected a refresh token');
  return refreshToken;
}
