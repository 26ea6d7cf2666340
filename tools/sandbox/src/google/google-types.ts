/** The parts of Google's wire format that the sandbox fills; names and types follow the discovery document. */

export interface GoogleDateTime {
  date?: string;
  dateTime?: string;
  timeZone?: string;
}

export type GoogleResponseStatus = 'needsAction' | 'declined' | 'tentative' | 'accepted';

export interface GoogleAttendee {
  email: string;
  displayName?: string;
  organizer?: boolean;
  self?: boolean;
  resource?: boolean;
  optional?: boolean;
  responseStatus?: GoogleResponseStatus;
  comment?: string;
  additionalGuests?: number;
}

export interface GooglePerson {
  email?: string;
  displayName?: string;
  self?: boolean;
}

export interface GoogleReminders {
  useDefault?: boolean;
  overrides?: { method: string; minutes: number }[];
}

export interface GoogleConferenceData {
  createRequest?: { requestId?: string; conferenceSolutionKey?: { type?: string }; status?: { statusCode?: string } };
  entryPoints?: Record<string, unknown>[];
  conferenceSolution?: { key?: { type?: string }; name?: string; iconUri?: string };
  conferenceId?: string;
  signature?: string;
  notes?: string;
  parameters?: Record<string, unknown>;
}

export type GoogleEventType = 'default' | 'outOfOffice' | 'focusTime' | 'workingLocation' | 'fromGmail' | 'birthday';

/** What a writer may set on an event, and what is stored of it. */
export interface GoogleEventFields {
  iCalUID?: string;
  summary?: string;
  description?: string;
  location?: string;
  colorId?: string;
  start?: GoogleDateTime;
  end?: GoogleDateTime;
  endTimeUnspecified?: boolean;
  recurrence?: string[];
  transparency?: string;
  visibility?: string;
  sequence?: number;
  attendees?: GoogleAttendee[];
  attendeesOmitted?: boolean;
  guestsCanInviteOthers?: boolean;
  guestsCanModify?: boolean;
  guestsCanSeeOtherGuests?: boolean;
  anyoneCanAddSelf?: boolean;
  privateCopy?: boolean;
  locked?: boolean;
  reminders?: GoogleReminders;
  extendedProperties?: { private?: Record<string, string>; shared?: Record<string, string> };
  source?: { title?: string; url?: string };
  attachments?: { fileUrl?: string; title?: string; mimeType?: string; iconLink?: string; fileId?: string }[];
  conferenceData?: GoogleConferenceData;
  hangoutLink?: string;
  eventType?: GoogleEventType;
  eventLabelId?: string;
  outOfOfficeProperties?: Record<string, unknown>;
  focusTimeProperties?: Record<string, unknown>;
  workingLocationProperties?: Record<string, unknown>;
  birthdayProperties?: Record<string, unknown>;
}

export type GoogleEventStatus = 'confirmed' | 'tentative' | 'cancelled';

export interface GoogleEvent extends GoogleEventFields {
  kind: 'calendar#event';
  etag: string;
  id: string;
  status: GoogleEventStatus;
  htmlLink?: string;
  created?: string;
  updated?: string;
  creator?: GooglePerson;
  organizer?: GooglePerson;
  recurringEventId?: string;
  originalStartTime?: GoogleDateTime;
}

export type GoogleAccessRole = 'none' | 'freeBusyReader' | 'reader' | 'writerWithoutPrivateAccess' | 'writer' | 'owner';

export const GOOGLE_ROLE_ORDER: readonly GoogleAccessRole[] = [
  'none',
  'freeBusyReader',
  'reader',
  'writerWithoutPrivateAccess',
  'writer',
  'owner',
];

export function isRoleAtLeast(role: GoogleAccessRole, least: GoogleAccessRole): boolean {
  return GOOGLE_ROLE_ORDER.indexOf(role) >= GOOGLE_ROLE_ORDER.indexOf(least);
}
