import { staleReasons, type CalendarStatus, type StaleReason } from '@daymark/api-contract';
import { parseInstant, type CaseWords, type ProblemCode, type ProblemOwner, type ZoneId } from '@daymark/domain';
import { momentText } from './time-words.ts';

/** Why the time of a calendar is not known: what `reason` of its status says, in words, and who can mend it how. */
interface Reason {
  /** Follows the name of the calendar. */
  readonly says: string;
  readonly fix: string;
  readonly who: ProblemOwner;
}

const reasons: Readonly<Record<StaleReason, Reason>> = {
  no_calendar: {
    says: 'is not connected',
    fix: 'Have the person connect a calendar, or leave them out.',
    who: 'person',
  },
  mailbox_unknown: {
    says: 'is not known to the calendar services that were asked',
    fix: 'Check the address, or leave them out.',
    who: 'caller',
  },
  not_shared: {
    says: 'does not share when it is busy',
    fix: 'Have the person share their busy times with the asking account, or connect a calendar here.',
    who: 'person',
  },
  provider_silent: {
    says: 'could not be asked about: the calendar service did not answer',
    fix: 'Try again in a while.',
    who: 'nobody',
  },
  calendar_removed: {
    says: 'is no longer at the provider',
    fix: 'Restore the calendar at the provider, or take it out of those that are read for busy time.',
    who: 'person',
  },
  connection_paused: { says: 'is not read while its connection is paused', fix: 'Resume the connection.', who: 'person' },
  connection_error: {
    says: 'is not read: its connection fails again and again',
    fix: 'Look at the connection for its error; it is still tried, and heals by itself when the provider answers again.',
    who: 'person',
  },
  connection_pending: { says: 'is not read: its connection is not made yet', fix: 'Finish connecting the account.', who: 'person' },
  connection_revoked: { says: 'is not read: its account was disconnected', fix: 'Connect the account again.', who: 'person' },
  reauthorization_required: {
    says: 'cannot be read until its account is connected again',
    fix: 'Reconnect the account.',
    who: 'person',
  },
  held: {
    says: 'was stopped before much would have been deleted, and waits for a person',
    fix: 'Look at the calendar at the provider, then sync it, with accept_deletions if the events are really gone.',
    who: 'tenant-admin',
  },
  not_read_yet: { says: 'was not read yet', fix: 'Wait until the calendar was read for the first time.', who: 'nobody' },
  older_than_asked: {
    says: 'was last read longer ago than is allowed',
    fix: 'Wait for the next read, or allow older knowledge with freshness.max_age_seconds.',
    who: 'caller',
  },
};

/** Follows the name of the calendar in a sentence. */
export function reasonWords(status: CalendarStatus, zone: ZoneId): string {
  const { reason, synced_at } = status;
  if (synced_at !== null && (reason === null || reason === 'older_than_asked'))
    return `was last read on ${momentText(parseInstant(synced_at), zone)}, longer ago than is allowed`;
  return reasonOf(status).says;
}

/** Of these, those whose time counts as busy because it is not known. */
export function unknownOf(statuses: readonly CalendarStatus[]): readonly CalendarStatus[] {
  return statuses.filter(({ applied }) => applied === 'treated_as_busy');
}

/** Why the time of somebody who is no user is not known, for the one who asked by their address. */
export function strangerError(reason: StaleReason | null): { readonly code: ProblemCode; readonly message: string } {
  const { says, fix } = reasons[reason ?? 'no_calendar'];
  return { code: strangerCodes[reason ?? 'no_calendar'] ?? 'freshness-unmet', message: `The address ${says}. ${fix}` };
}

/** Whether it is an address that is not known, rather than a calendar. */
export function isOfAddress(status: CalendarStatus | undefined): boolean {
  return Object.keys(strangerCodes).some((reason) => reason === status?.reason);
}

const strangerCodes: Partial<Readonly<Record<StaleReason, ProblemCode>>> = {
  mailbox_unknown: 'not-found',
  not_shared: 'time-unknown',
  provider_silent: 'provider-unavailable',
};

/** How many calendars are not known, and why: `2 calendars are not known and count as busy: 1 is not read while …, 1 was not read yet`. */
export function countUnknown(unknown: readonly CalendarStatus[]): string {
  const [only, ...more] = unknown;
  if (only !== undefined && more.length === 0) return `1 calendar is not known and counts as busy: it ${reasonOf(only).says}`;
  const counts = [...Map.groupBy(unknown, reasonOf)].map(([{ says }, same]) => `${same.length} ${says}`);
  return `${unknown.length} calendars are not known and count as busy: ${counts.join(', ')}`;
}

/** What helps against time that is not known, each remedy once, and whose turn it is: people before programs, and those before waiting. */
export function remedyFor(unknown: readonly CalendarStatus[]): Required<Pick<CaseWords, 'fix' | 'who'>> {
  const found = unknown.map(reasonOf);
  const owners: readonly ProblemOwner[] = ['person', 'tenant-admin', 'operator', 'caller', 'nobody'];
  return {
    fix: [...new Set(found.map(({ fix }) => fix))].join(' '),
    who: owners.find((owner) => found.some(({ who }) => who === owner)) ?? 'caller',
  };
}

function reasonOf({ reason }: CalendarStatus): Reason {
  const known = staleReasons.find((one) => one === reason);
  return reasons[known ?? 'older_than_asked'];
}
