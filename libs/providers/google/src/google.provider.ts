import type { CalendarProvider, CalendarSession, Capability, ConnectionAccess, OAuthFlow, SignInFlow } from '@daymark/provider-contract';
import { googleAuth } from './google-auth.ts';
import { listGoogleBusyChanges } from './google-busy-changes.ts';
import { listGoogleCalendars } from './google-calendars.ts';
import { listGoogleChanges } from './google-changes.ts';
import { GoogleClient } from './google-client.ts';
import { beyondProfile } from './google-error.ts';
import { getGoogleEvent, getGoogleOccurrence } from './google-events.ts';
import { googleFreeBusy } from './google-free-busy.ts';
import { googleManifest } from './google-manifest.ts';
import { completeOptions } from './google-options.ts';
import type { GoogleOptions, GoogleSettings } from './google-options.ts';
import { googlePushReceiver, googlePushSubscriber } from './google-push.ts';
import { googleSignIn } from './google-sign-in.ts';
import { googleWriter } from './google-writer.ts';

export const GOOGLE_ID = 'google';

/** Google Calendar by its API v3. */
export class GoogleProvider implements CalendarProvider {
  readonly contract = 1;
  readonly id = GOOGLE_ID;
  readonly manifest = googleManifest;
  readonly capabilities: readonly Capability[] = ['write', 'free-busy', 'others-free-busy', 'push', 'conference'];
  readonly auth: OAuthFlow;
  readonly signIn: SignInFlow;
  readonly push = googlePushReceiver;
  readonly #settings: GoogleSettings;

  /** @throws Error without client id or secret. */
  constructor(options: GoogleOptions) {
    this.#settings = completeOptions(options);
    this.auth = googleAuth(this.#settings);
    this.signIn = googleSignIn(this.#settings);
  }

  open(access: ConnectionAccess): CalendarSession {
    const client = new GoogleClient(access, this.#settings);
    const listCalendars = () => listGoogleCalendars(client);
    const freeBusy = googleFreeBusy(client);
    if (access.profile === 'free_busy') {
      const hidden = () => Promise.reject(beyondProfile('the access profile shows no events'));
      return {
        listCalendars,
        freeBusy,
        listChanges: (request) => listGoogleBusyChanges(client, request),
        getEvent: hidden,
        getOccurrence: hidden,
      };
    }
    return {
      listCalendars,
      freeBusy,
      listChanges: (request) => listGoogleChanges(client, request),
      getEvent: (ref) => getGoogleEvent(client, ref),
      getOccurrence: (ref) => getGoogleOccurrence(client, ref),
      push: googlePushSubscriber(client),
      ...(access.profile === 'read_write' ? { writer: googleWriter(client) } : {}),
    };
  }
}
