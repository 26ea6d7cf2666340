import type { ZoneId } from '@daymark/domain';

/** What the connected account may do there; `free-busy` sees only taken time. */
export type AccessRole = 'owner' | 'writer' | 'reader' | 'free-busy';

export interface ProviderCalendar {
  /** The service's id, never an alias such as `primary`. */
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly primary: boolean;
  readonly accessRole: AccessRole;
  readonly zone: ZoneId | null;
  /** `#rrggbb` */
  readonly color: string | null;
  /** Shown in the owner's own list of calendars. */
  readonly selected: boolean;
  /** Conferences that can be made on it, in the service's own keys. */
  readonly conferenceTypes: readonly string[];
  /** Extras of this service, JSON. */
  readonly providerData: Readonly<Record<string, unknown>>;
}
