import { inspect } from 'node:util';
import { interval } from '@daymark/domain';
import { expect } from 'vitest';
import type { CalendarSession } from '../calendar-provider.ts';
import { ProviderError } from '../provider-error.ts';
import { group, missingNeeds } from './case-group.ts';
import type { Need } from './case-group.ts';
import { Copy } from './copy.ts';
import { distortions } from './distortions.ts';
import type { Occasion } from './provider-world.ts';
import { subscriberOf } from './notice-receiver.ts';
import type { Scene } from './scene.ts';
import { BERLIN, SOON, WINDOW, after, eventAt, freeBusyOf, originalAt, writerOf } from './scene.ts';
import type { ContractCall } from './world-faults.ts';

interface Prepared {
  readonly scene: Scene;
  readonly session: CalendarSession;
  /** A series by hand, with its version. */
  readonly event: Occasion & { readonly version: string };
}

/** Each call of a session, made so that it succeeds when nothing is in its way. */
const calls: readonly {
  readonly call: Exclude<ContractCall, 'token'>;
  readonly needs: readonly Need[];
  make(prepared: Prepared): Promise<unknown>;
}[] = [
  { call: 'calendars', needs: [], make: ({ session }) => session.listCalendars() },
  {
    call: 'changes',
    needs: [],
    make: ({ scene, session }) => session.listChanges({ calendarId: scene.calendarId, from: { kind: 'start', window: WINDOW } }),
  },
  { call: 'event', needs: [], make: ({ session, event }) => session.getEvent(event) },
  {
    call: 'occurrence',
    needs: [],
    make: ({ session, event }) =>
      session.getOccurrence({ calendarId: event.calendarId, seriesId: event.eventId, originalStart: originalAt(1) }),
  },
  { call: 'create', needs: ['write'], make: ({ scene, session }) => writerOf(session).create(scene.draft(9)) },
  {
    call: 'update',
    needs: ['write'],
    make: ({ session, event }) =>
      writerOf(session).update({ ref: event, ifVersion: event.version, fields: { title: 'new' }, notify: 'none' }),
  },
  {
    call: 'remove',
    needs: ['write'],
    make: ({ session, event }) => writerOf(session).remove({ ref: event, ifVersion: event.version, notify: 'none' }),
  },
  {
    call: 'free-busy',
    needs: ['free-busy'],
    make: ({ scene, session }) =>
      freeBusyOf(session).read({ subjects: [scene.calendarId], window: interval(SOON, after(24)), zone: BERLIN }),
  },
  { call: 'subscribe', needs: ['push'], make: async ({ scene, session }) => (await scene.receiver()).subscribe(session) },
  {
    call: 'renew',
    needs: ['push', 'renewal'],
    async make({ scene, session }) {
      const { remote, request } = await (await scene.receiver()).subscribe(session);
      const push = subscriberOf(session);
      return push.renewsInPlace ? push.renew(remote, request.until) : null;
    },
  },
  {
    call: 'unsubscribe',
    needs: ['push'],
    async make({ scene, session }) {
      const { remote } = await (await scene.receiver()).subscribe(session);
      return subscriberOf(session).unsubscribe(remote);
    },
  },
];

export const throttlingCases = group('throttling', [], (test) => {
  for (const { call, needs, make } of calls) {
    test.needs(...needs)(`F28 says how long to wait when ${call} is asked too often, after a single call`, async (scene) => {
      const prepared = await prepare(scene);
      const before = scene.world.faults.calls(call);
      scene.world.faults.answer(call, { kind: 'rate-limited', waitMs: 7000 }, { times: 5 });
      await expect(make(prepared)).rejects.toMatchObject({ name: 'ProviderError', code: 'rate-limited', retryAfterMs: 7000 });
      expect(scene.world.faults.calls(call)).toBe(before + 1);
      scene.world.faults.clear();
      await make(prepared);
    });
  }

  test('F28 says to wait although the service does not say how long', async (scene) => {
    const { session } = await prepare(scene);
    scene.world.faults.answer('calendars', { kind: 'rate-limited', waitMs: null });
    await expect(session.listCalendars()).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: null });
  });

  test('F28 passes on how long the service wants to be left alone', async (scene) => {
    const { session } = await prepare(scene);
    scene.world.faults.answer('calendars', { kind: 'unavailable', waitMs: 3000 });
    await expect(session.listCalendars()).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 3000 });
  });
});

export const errorCases = group('errors', [], (test) => {
  for (const { call, needs, make } of calls) {
    test.needs(...needs)(`says that the service is not available to ${call}, and repeats nothing by itself`, async (scene) => {
      const prepared = await prepare(scene);
      const before = scene.world.faults.calls(call);
      for (const fault of [
        { kind: 'unavailable', waitMs: null },
        { kind: 'reset', when: 'before' },
      ] as const) {
        scene.world.faults.answer(call, fault);
        await expect(make(prepared)).rejects.toMatchObject({ name: 'ProviderError', code: 'unavailable' });
      }
      expect(scene.world.faults.calls(call)).toBe(before + 2);
      await make(prepared);
    });

    test.needs(...needs)(`F08 does not take a page of something on the way for an answer to ${call}`, async (scene) => {
      const prepared = await prepare(scene);
      scene.world.faults.answer(call, { kind: 'garbage' });
      const failure: unknown = await make(prepared).then(
        (answer) => ({ told: answer }),
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(ProviderError);
      expect(['invalid-response', 'unavailable']).toContain((failure as ProviderError).code);
    });
  }

  for (const [what, distort] of distortions) {
    test(`F08 does not take ${what} for an answer, whatever was asked`, async (scene) => {
      const { session, event } = await prepare(scene);
      const { tokens } = await scene.connect();
      const distorted = scene.open(tokens, { fetch: async (...call) => distort(await fetch(...call)) });
      for (const { call, needs, make } of calls) {
        // These are answered with nothing, so there is nothing to distort.
        if (call === 'remove' || call === 'unsubscribe' || missingNeeds({ needs }, scene).length > 0) continue;
        const failure: unknown = await make({ scene, session: distorted, event }).then(
          (answer) => ({ [`${call} answered`]: answer }),
          (error: unknown) => error,
        );
        expect(failure, call).toBeInstanceOf(ProviderError);
        expect(['invalid-response', 'unavailable'], call).toContain((failure as ProviderError).code);
      }
      await session.listCalendars();
    });
  }

  test('lets through what the host’s own client says', async (scene) => {
    const { tokens } = await scene.connect('read');
    const refusal = new ProviderError('unavailable', 'The address is not allowed', { reason: 'by-host' });
    const session = scene.open(tokens, { profile: 'read', fetch: () => Promise.reject(refusal) });
    await expect(session.listCalendars()).rejects.toMatchObject({ code: 'unavailable', reason: 'by-host' });
  });

  test('F48 goes out through the client that it was lent and no other way', async (scene) => {
    const { tokens } = await scene.connect();
    let calls = 0;
    const counted: typeof fetch = (...call) => {
      calls += 1;
      return fetch(...call);
    };
    const session = scene.open(tokens, { fetch: counted });
    const before = scene.world.faults.allCalls();
    await session.listCalendars();
    await new Copy(scene.calendarId).read(session);
    expect(calls).toBe(scene.world.faults.allCalls() - before);
  });

  test('F48 fails as unavailable, and as nothing else, when the network does', async (scene) => {
    const { tokens } = await scene.connect();
    const session = scene.open(tokens, { fetch: () => Promise.reject(new TypeError('fetch failed')) });
    const event = { calendarId: scene.calendarId, eventId: 'event1', version: 'v' };
    for (const { call, needs, make } of calls) {
      if (missingNeeds({ needs }, scene).length > 0) continue;
      await expect(make({ scene, session, event }), call).rejects.toMatchObject({ name: 'ProviderError', code: 'unavailable' });
    }
  });

  test('F38 keeps tokens and content out of what it says of a failure', async (scene) => {
    const prepared = await prepare(scene);
    const { tokens } = await scene.connect();
    scene.world.faults.expireAccess();
    const failure: unknown = await scene
      .open(tokens)
      .listCalendars()
      .catch((error: unknown) => error);
    scene.world.faults.answer('update', { kind: 'unavailable', waitMs: null });
    const session = await scene.session();
    const other: unknown = await writeCanary(prepared, session).catch((error: unknown) => error);
    for (const error of [failure, other]) {
      expect(error).toBeInstanceOf(ProviderError);
      const { message } = error as ProviderError;
      expect([message, inspect(error, { depth: 8 })].join()).not.toMatch(new RegExp(`canary|${tokens.accessToken.reveal().slice(0, 20)}`));
    }
  });

  test('F35 tells trouble with one calendar as trouble with that calendar', async (scene) => {
    const session = await scene.session('read');
    const unknown = new Copy('never-there@daymark.example');
    await expect(unknown.read(session)).rejects.toMatchObject({ code: 'not-found', subject: 'calendar' });
    const known = new Copy(scene.calendarId);
    await known.read(session);
  });
});

async function prepare(scene: Scene): Promise<Prepared> {
  const session = await scene.session();
  const event = await scene.seed('series', 1, { recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] });
  const { version } = await eventAt(session, event);
  return { scene, session, event: { ...event, version } };
}

function writeCanary({ event }: Prepared, session: CalendarSession): Promise<unknown> {
  if (session.writer === undefined)
    return session.getEvent({ ...event, eventId: 'canary' }).then(() => Promise.reject(new ProviderError('unavailable', 'read-only')));
  return session.writer.update({ ref: event, ifVersion: event.version, fields: { title: 'canary' }, notify: 'none' });
}
