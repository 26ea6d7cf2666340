import { instant } from '@daymark/domain';
import type { LifeOfChannel, ProviderWorld, WorldPush } from '@daymark/provider-contract/testing';
import type { LifecycleEvent, Sandbox } from '@daymark/sandbox';

/** The notices of Graph: it asks for an answer first, and tells of a subscription's life in words of its own. */
export function outlookWorldPush({ microsoft }: Sandbox, { owner, colleague }: ProviderWorld['people']): WorldPush {
  return {
    opensWith: 'challenge',
    says: ['lapsing', 'ended', 'lost'],
    async channels() {
      return microsoft.subscriptions().map(({ notificationUrl, calendarId, clientState, expiresAtMs }) => ({
        address: notificationUrl,
        calendarId,
        secret: clientState,
        expiresAt: instant(expiresAtMs),
      }));
    },
    untilQuiet: () => microsoft.untilQuiet(),
    async forge({ remoteId }, secret) {
      await microsoft.notify(remoteId, { clientState: secret });
    },
    async tell({ remoteId }, says) {
      await microsoft.lifecycle(remoteId, lifecycleEvents[says]);
    },
    async addUnwatched() {
      microsoft.setAccess(colleague.calendarId, owner.email, 'read');
      return colleague.calendarId;
    },
  };
}

const lifecycleEvents: Readonly<Record<LifeOfChannel, LifecycleEvent>> = {
  lapsing: 'reauthorizationRequired',
  ended: 'subscriptionRemoved',
  lost: 'missed',
};
