export type {
  CalendarProvider,
  CalendarSession,
  Capability,
  ChangePage,
  ChangeRequest,
  ConnectionAccess,
  EventChange,
  EventDeletion,
  EventFields,
  EventRef,
  EventUpdate,
  EventWriter,
  FreeBusyAnswer,
  FreeBusyReader,
  FreeBusyRequest,
  MeetingTimesFinder,
  MeetingTimesRequest,
  NewEvent,
  Notify,
  OccurrenceRef,
  PageToken,
  PkceStateStore,
  ProposedTime,
  ProviderManifest,
  ScopeReason,
  SignedIn,
  SignInFlow,
  SignInHost,
  SyncCursor,
} from './calendar-provider.ts';
export { differenceOf, lackOf } from './event-difference.ts';
export type { EventDifference, WantedEvent } from './event-difference.ts';
export type {
  AccessProfile,
  AdminConsentRequest,
  AuthorizationRefusal,
  AuthorizationRequest,
  ClientCheckStep,
  CodeExchange,
  Credentials,
  HostPorts,
  MissingScope,
  OAuthFlow,
  RemoteAccount,
  TokenSet,
} from './provider-auth.ts';
export type { AccessRole, ProviderCalendar } from './provider-calendar.ts';
export { errorTreatment, GUESTS_ARE_ALWAYS_MAILED, ProviderError, TIMES_ARE_NOT_PROPOSED } from './provider-error.ts';
export type { ErrorSubject, ProviderErrorCode, ProviderErrorDetails, Treatment } from './provider-error.ts';
export type {
  EventAttendee,
  EventConference,
  EventKind,
  EventPerson,
  EventRecurrence,
  EventReminders,
  EventStatus,
  EventTime,
  EventVisibility,
  OriginalStart,
  ProviderEvent,
  ResponseStatus,
} from './provider-event.ts';
export type { ChannelRequest, PushClaim, PushDelivery, PushReading, PushReceiver, PushSubscriber, RemoteChannel } from './provider-push.ts';
export { pushRefusals } from './provider-push.ts';
export { ProviderRegistry } from './provider-registry.ts';
export type { UnconfiguredProvider } from './provider-registry.ts';
export { backOffMs, isTreatedBy, putOnTop, refreshingOnce, standing, updateOnTop } from './treatment.ts';
export type { ChangeOnTop, Patience, Standing } from './treatment.ts';
