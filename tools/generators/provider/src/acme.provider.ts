import type { CalendarProvider, CalendarSession, Capability, ConnectionAccess, OAuthFlow } from '@daymark/provider-contract';
import type { AcmeConnection } from './acme-api.ts';
import { acmeAuth } from './acme-auth.ts';
import { listAcmeCalendars } from './acme-calendars.ts';
import { getAcmeEvent, getAcmeOccurrence, listAcmeChanges } from './acme-changes.ts';
import { acmeManifest } from './acme-manifest.ts';
import { completeOptions } from './acme-options.ts';
import type { AcmeOptions, AcmeSettings } from './acme-options.ts';

export const ACME_ID = 'acme';

/** Acme Calendar. What is not written yet throws an error that says so. */
export class AcmeProvider implements CalendarProvider {
  readonly contract = 1;
  readonly id = ACME_ID;
  readonly manifest = acmeManifest;
  readonly capabilities: readonly Capability[] = [];
  readonly auth: OAuthFlow;
  readonly #settings: AcmeSettings;

  /** @throws Error without client id or secret. */
  constructor(options: AcmeOptions) {
    this.#settings = completeOptions(options);
    this.auth = acmeAuth(this.#settings);
  }

  open(access: ConnectionAccess): CalendarSession {
    const connection: AcmeConnection = { access, settings: this.#settings };
    return {
      listCalendars: () => listAcmeCalendars(connection),
      listChanges: (request) => listAcmeChanges(connection, request),
      getEvent: (ref) => getAcmeEvent(connection, ref),
      getOccurrence: (ref) => getAcmeOccurrence(connection, ref),
    };
  }
}
