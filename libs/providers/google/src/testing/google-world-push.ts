import { instant } from '@daymark/domain';
import type { WorldPerson, WorldPush } from '@daymark/provider-contract/testing';
import type { Sandbox } from '@daymark/sandbox';

/** The notices of Google: it greets, and says nothing of a channel's life, not even its end. */
export function googleWorldPush({ google, clock }: Sandbox, owner: WorldPerson): WorldPush {
  return {
    opensWith: 'greeting',
    says: [],
    async channels() {
      return google
        .channels()
        .filter(({ expiresAtMs }) => expiresAtMs > clock.now())
        .map(({ address, calendarId, token, expiresAtMs }) => ({
          address,
          calendarId,
          secret: token,
          expiresAt: instant(Math.floor(expiresAtMs)),
        }));
    },
    untilQuiet: () => google.untilQuiet(),
    async forge({ channelId }, secret) {
      await google.notify(channelId, { token: secret });
    },
    tell: (_channel, says) => Promise.reject(new Error(`Google does not say that a channel is ${says}`)),
    async addUnwatched() {
      const id = 'en.german#holiday@group.v.calendar.google.com';
      return google.addCalendar(owner.email, { id, summary: 'Holidays in Germany' }).id;
    },
  };
}
