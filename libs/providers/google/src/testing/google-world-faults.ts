import type { ContractCall, Fault, WorldFaults, WorldPerson } from '@daymark/provider-contract/testing';
import type { FaultAnswer, NewGoogleClient, Sandbox } from '@daymark/sandbox';

/** What goes wrong at Google, by the calls of its API that the contract's calls become. */
export function googleWorldFaults(
  sandbox: Sandbox,
  { owner, client }: { readonly owner: WorldPerson; readonly client: NewGoogleClient },
): WorldFaults {
  const { faults, pages, journal, google } = sandbox;
  return {
    answer(call, fault, reach = {}) {
      const when = fault.kind === 'reset' ? fault.when : 'before';
      faults.add({ operation: operations[call], answer: answerOf(fault), when, ...reach });
    },
    pages({ of, repeats, ...shape }) {
      pages.add({
        operation: of === 'changes' ? 'events.list' : 'calendarList.list',
        ...shape,
        repeatIds: repeats,
        omitsEmptyItems: true,
        failStatus: 503,
      });
    },
    clear() {
      faults.clear();
      pages.clear();
    },
    calls: (call) => journal.list({ operation: operations[call] }).length,
    allCalls: () => journal.list().filter(({ operation }) => !['oauth.authorize', 'push.deliver'].includes(operation)).length,
    expireCursors: (calendarId) => google.expireSyncTokens(calendarId),
    expireAccess: () => google.expireAccessTokens(owner.email),
    revoke: () => google.revokeGrants(owner.email),
    rotateRefreshTokens: () => google.registerClient({ ...client, rotatesRefreshTokens: true }),
    conference: (how) => google.setConference(how),
  };
}

const operations: Readonly<Record<ContractCall, string>> = {
  calendars: 'calendarList.list',
  changes: 'events.list',
  event: 'events.get',
  occurrence: 'events.instances',
  create: 'events.insert',
  update: 'events.patch',
  remove: 'events.delete',
  'free-busy': 'freebusy.query',
  subscribe: 'events.watch',
  renew: 'events.watch',
  unsubscribe: 'channels.stop',
  token: 'oauth.token',
};

function answerOf(fault: Fault): FaultAnswer {
  switch (fault.kind) {
    case 'rate-limited':
      return { kind: 'status', status: 429, reason: 'rateLimitExceeded', retryAfterSeconds: secondsOf(fault.waitMs) };
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
