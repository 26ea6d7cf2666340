import type { ContractCall, Fault, WorldFaults, WorldPerson } from '@daymark/provider-contract/testing';
import type { FaultAnswer, Sandbox } from '@daymark/sandbox';

/** What goes wrong at Microsoft, by the calls of Graph that the contract's calls become. */
export function outlookWorldFaults(sandbox: Sandbox, { owner }: { readonly owner: WorldPerson }): WorldFaults {
  const { faults, pages, journal, microsoft } = sandbox;
  return {
    answer(call, fault, reach = {}) {
      const when = fault.kind === 'reset' ? fault.when : 'before';
      for (const operation of operations[call]) faults.add({ operation, answer: answerOf(fault), when, ...reach });
    },
    pages({ of, repeats, ...shape }) {
      for (const operation of operations[of]) pages.add({ operation, ...shape, repeatIds: repeats, failStatus: 503 });
    },
    clear() {
      faults.clear();
      pages.clear();
    },
    calls: (call) => operations[call].flatMap((operation) => journal.list({ operation })).length,
    allCalls: () => journal.list().filter(({ operation }) => !NOT_CALLED.has(operation)).length,
    expireCursors: (calendarId) => microsoft.expireDeltaTokens(calendarId),
    expireAccess: () => microsoft.expireAccessTokens(owner.email),
    revoke: () => microsoft.revokeGrants(owner.email),
    // Each refresh gives a new one anyway; the one before is never ended by it.
    rotateRefreshTokens: () => undefined,
    conference: (how) => microsoft.setConference(how),
  };
}

/** The person's own way through the consent page, and what Graph sends. */
const NOT_CALLED: ReadonlySet<string> = new Set(['entra.authorize', 'graph.notify', 'graph.lifecycle']);

const operations: Readonly<Record<ContractCall, readonly string[]>> = {
  calendars: ['graph.calendars.list'],
  changes: ['graph.calendarView.delta'],
  event: ['graph.events.get'],
  occurrence: ['graph.events.instances'],
  create: ['graph.events.create'],
  update: ['graph.events.update'],
  remove: ['graph.events.delete'],
  // Of one's own calendars, and of people by their address.
  'free-busy': ['graph.calendarView.list', 'graph.getSchedule'],
  subscribe: ['graph.subscriptions.create'],
  renew: ['graph.subscriptions.update'],
  unsubscribe: ['graph.subscriptions.delete'],
  token: ['entra.token'],
};

function answerOf(fault: Fault): FaultAnswer {
  switch (fault.kind) {
    case 'rate-limited':
      return { kind: 'status', status: 429, retryAfterSeconds: secondsOf(fault.waitMs) };
    case 'unavailable':
      return { kind: 'status', status: 503, retryAfterSeconds: secondsOf(fault.waitMs) };
    case 'reset':
      return { kind: 'reset' };
    case 'garbage':
      return { kind: 'status', status: 200, rawBody: '<!doctype html><title>Sign in to the network</title>' };
  }
}

function secondsOf(ms: number | null): number | undefined {
  return ms === null ? undefined : ms / 1000;
}
