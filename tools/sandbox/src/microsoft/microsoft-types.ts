/** The parts of Graph's wire format that the sandbox fills; names and types follow the published v1.0 metadata. */

/** A clock time without offset; `timeZone` (a Windows or IANA name) governs. */
export interface GraphDateTime {
  dateTime: string;
  timeZone: string;
}

export type MicrosoftResponse = 'none' | 'organizer' | 'tentativelyAccepted' | 'accepted' | 'declined' | 'notResponded';

export interface MicrosoftResponseStatus {
  response: MicrosoftResponse;
  /** `0001-01-01T00:00:00Z` without an answer. */
  time: string;
}

export interface MicrosoftEmailAddress {
  address: string;
  name: string;
}

export interface MicrosoftAttendee {
  type: 'required' | 'optional' | 'resource';
  emailAddress: MicrosoftEmailAddress;
  status: MicrosoftResponseStatus;
  proposedNewTime?: { start: GraphDateTime; end: GraphDateTime };
}

export interface MicrosoftLocation {
  displayName: string;
  locationType: string;
  [member: string]: unknown;
}

export type DayOfWeek = 'sunday' | 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday';
export type WeekIndex = 'first' | 'second' | 'third' | 'fourth' | 'last';

export interface RecurrencePattern {
  type: 'daily' | 'weekly' | 'absoluteMonthly' | 'relativeMonthly' | 'absoluteYearly' | 'relativeYearly';
  interval: number;
  month: number;
  dayOfMonth: number;
  daysOfWeek: DayOfWeek[];
  firstDayOfWeek: DayOfWeek;
  index: WeekIndex;
}

export interface RecurrenceRange {
  type: 'endDate' | 'noEnd' | 'numbered';
  startDate: string;
  /** Inclusive; `0001-01-01` when there is none. */
  endDate: string;
  recurrenceTimeZone: string;
  numberOfOccurrences: number;
}

export interface MicrosoftRecurrence {
  pattern: RecurrencePattern;
  range: RecurrenceRange;
}

export type OnlineMeetingProvider = 'unknown' | 'skypeForBusiness' | 'skypeForConsumer' | 'teamsForBusiness';
export type ShowAs = 'free' | 'tentative' | 'busy' | 'oof' | 'workingElsewhere' | 'unknown';

/** What a writer may set on an event, and what is stored of it. */
export interface MicrosoftEventFields {
  subject: string | null;
  body: { contentType: 'html' | 'text'; content: string };
  start: GraphDateTime;
  end: GraphDateTime;
  isAllDay: boolean;
  location: MicrosoftLocation;
  locations: MicrosoftLocation[];
  showAs: ShowAs;
  sensitivity: 'normal' | 'personal' | 'private' | 'confidential';
  importance: 'low' | 'normal' | 'high';
  categories: string[];
  attendees: MicrosoftAttendee[];
  recurrence: MicrosoftRecurrence | null;
  reminderMinutesBeforeStart: number;
  isReminderOn: boolean;
  responseRequested: boolean;
  allowNewTimeProposals: boolean;
  hideAttendees: boolean;
  isOnlineMeeting: boolean;
  onlineMeetingProvider: OnlineMeetingProvider;
  onlineMeeting: { joinUrl: string; conferenceId: string; tollNumber: string } | null;
}

export type MicrosoftEventType = 'singleInstance' | 'occurrence' | 'exception' | 'seriesMaster';

/** An event as Graph shows it; with `$select` and in delta answers some members are left out. */
export interface MicrosoftEvent extends Partial<Omit<MicrosoftEventFields, 'onlineMeeting' | 'attendees'>> {
  '@odata.etag'?: string;
  '@odata.type'?: string;
  '@removed'?: { reason: string };
  id: string;
  type?: MicrosoftEventType;
  seriesMasterId?: string | null;
  iCalUId?: string;
  changeKey?: string;
  createdDateTime?: string;
  lastModifiedDateTime?: string;
  originalStart?: string;
  originalStartTimeZone?: string;
  originalEndTimeZone?: string;
  isOrganizer?: boolean;
  isCancelled?: boolean;
  organizer?: { emailAddress: MicrosoftEmailAddress };
  attendees?: MicrosoftAttendee[];
  responseStatus?: MicrosoftResponseStatus;
  onlineMeeting?: { joinUrl?: string; conferenceId?: string } | null;
  transactionId?: string;
  cancelledOccurrences?: string[];
  [member: string]: unknown;
}

/** What a person may do with another one's calendar. */
export type MicrosoftRole =
  | 'none'
  | 'freeBusyRead'
  | 'limitedRead'
  | 'read'
  | 'write'
  | 'delegateWithoutPrivateEventAccess'
  | 'delegateWithPrivateEventAccess'
  | 'owner';

const ROLE_ORDER: readonly MicrosoftRole[] = [
  'none',
  'freeBusyRead',
  'limitedRead',
  'read',
  'write',
  'delegateWithoutPrivateEventAccess',
  'delegateWithPrivateEventAccess',
  'owner',
];

export function isRoleAtLeast(role: MicrosoftRole, least: MicrosoftRole): boolean {
  return ROLE_ORDER.indexOf(role) >= ROLE_ORDER.indexOf(least);
}

export const NO_TIME = '0001-01-01T00:00:00Z';
export const NO_ANSWER: MicrosoftResponseStatus = { response: 'none', time: NO_TIME };
