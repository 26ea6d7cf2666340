import type { CalendarProvider, CalendarSession, Capability, ConnectionAccess, OAuthFlow, SignInFlow } from '@daymark/provider-contract';
import { outlookAuth } from './outlook-auth.ts';
import { listOutlookBusyChanges } from './outlook-busy-changes.ts';
import { listOutlookCalendars } from './outlook-calendars.ts';
import { listOutlookChanges } from './outlook-changes.ts';
import { OutlookClient } from './outlook-client.ts';
import { beyondProfile } from './outlook-error.ts';
import { getOutlookEvent, getOutlookOccurrence } from './outlook-events.ts';
import { outlookFindTimes } from './outlook-find-times.ts';
import { outlookFreeBusy } from './outlook-free-busy.ts';
import { outlookManifest } from './outlook-manifest.ts';
import { completeOptions } from './outlook-options.ts';
import type { OutlookOptions, OutlookSettings } from './outlook-options.ts';
import { outlookPushReceiver, outlookPushSubscriber } from './outlook-push.ts';
import { outlookSignIn } from './outlook-sign-in.ts';
import { outlookWriter } from './outlook-writer.ts';

export const OUTLOOK_ID = 'outlook';

/** Outlook and Microsoft 365 calendars by Microsoft Graph v1.0. */
export class OutlookProvider implements CalendarProvider {
  readonly contract = 1;
  readonly id = OUTLOOK_ID;
  readonly manifest = outlookManifest;
  readonly capabilities: readonly Capability[] = ['write', 'free-busy', 'others-free-busy', 'push', 'conference', 'find-times'];
  readonly auth: OAuthFlow;
  readonly signIn?: SignInFlow;
  readonly push = outlookPushReceiver;
  readonly #settings: OutlookSettings;

  /** @throws Error without client id or secret. */
  constructor(options: OutlookOptions) {
    this.#settings = completeOptions(options);
    this.auth = outlookAuth(this.#settings);
    this.signIn = outlookSignIn(this.#settings);
  }

  open(access: ConnectionAccess): CalendarSession {
    const client = new OutlookClient(access, this.#settings);
    const listCalendars = () => listOutlookCalendars(client);
    const freeBusy = outlookFreeBusy(client);
    if (access.profile === 'free_busy') {
      const hidden = () => Promise.reject(beyondProfile('the access profile shows no events'));
      return {
        listCalendars,
        freeBusy,
        listChanges: (request) => listOutlookBusyChanges(client, request),
        getEvent: hidden,
        getOccurrence: hidden,
      };
    }
    return {
      listCalendars,
      freeBusy,
      findTimes: outlookFindTimes(client),
      push: outlookPushSubscriber(client),
      listChanges: (request) => listOutlookChanges(client, request),
      getEvent: (ref) => getOutlookEvent(client, ref),
      getOccurrence: (ref) => getOutlookOccurrence(client, ref),
      ...(access.profile === 'read_write' ? { writer: outlookWriter(client) } : {}),
    };
  }
}
