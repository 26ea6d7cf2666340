export type { Access, Role, Scope, TenantRole } from './access.ts';
export { hasRole, roles, scopes, tenantRoles } from './access.ts';
export { formatEtag, parseIfMatch, problemMediaType, wireNames } from './headers.ts';
export type { OpenApiDocument, DocumentOptions } from './openapi/document.ts';
export { openApiDocument } from './openapi/document.ts';
export type { BodyInputOf, BodyOf, HttpMethod, Operation, OperationExample, ParamsOf, QueryOf, ResponseOf } from './operation.ts';
export { operation, problemsOf, routePattern } from './operation.ts';
export type { OperationId, Operations } from './operations/all.ts';
export { leastRoleOf, operations } from './operations/all.ts';
export type { ProblemOccurrence } from './problem-body.ts';
export { problemBody, problemType } from './problem-body.ts';
export type { FieldRefusal, RequestPart, Validated } from './validate.ts';
export { mostRefusalsNamed, validate } from './validate.ts';

export { exampleId, idField, idOut, idParam } from './fields/ids.ts';
export { dryRunQuery, integer, pageOf, pageQuery, queryBoolean, queryInteger, queryList, wholePage } from './fields/lists.ts';
export { colorField, emailField, httpUrl, line, localeField, text } from './fields/text.ts';
export { dateField, instantIn, instantOut, spanOut, timeOfDay, windowIn, zoneField } from './fields/times.ts';

export type { AuditEvent, AuditVerification, DeadLetter, Erasure } from './resources/audit.ts';
export {
  auditEvent,
  auditEventExample,
  auditVerification,
  deadLetter,
  deadLetterExample,
  erasure,
  erasureExample,
  erasureIn,
} from './resources/audit.ts';
export type { ConflictCheck, FreeBusy, ProfileAvailability, Slot, Slots, Suggestion, Suggestions } from './resources/availability.ts';
export {
  conflictCheckExample,
  conflictCheckIn,
  conflictCheckOut,
  durationIn,
  excludedSpan,
  freeBusyIn,
  freeBusyOut,
  memberIn,
  nextSlotIn,
  nextSlotOut,
  participantGroup,
  participantsIn,
  profileAvailabilityIn,
  profileAvailabilityOut,
  rulesIn,
  slot,
  slotExample,
  slotsExample,
  slotsIn,
  slotsOut,
  suggestion,
  suggestionsIn,
  suggestionsOut,
} from './resources/availability.ts';
export type { Calendar } from './resources/calendar.ts';
export { accessRoles, calendar, calendarExample, calendarPatch, calendarPrivacies, calendarStates } from './resources/calendar.ts';
export type { Alternative, BlockReason, ConflictItem } from './resources/conflict.ts';
export { alternative, alternativeExample, blockReason, blockReasons, conflictExample, conflictItem } from './resources/conflict.ts';
export type { Authorization, Connection, ConnectionRefresh, ConnectionTest, PushStatus, SyncSettings } from './resources/connection.ts';
export {
  authorization,
  authorizationExample,
  authorizeIn,
  checkNames,
  conflictPolicies,
  connectedAccount,
  connection,
  connectionCheck,
  connectionCondition,
  connectionExample,
  connectionPatch,
  connectionRefresh,
  connectionRefreshExample,
  connectionStatus,
  connectionTest,
  connectionTestExample,
  oauthExchangeIn,
  reauthorizeIn,
  syncDirections,
  pushChoices,
  pushStatus,
  syncSettings,
  syncSettingsIn,
} from './resources/connection.ts';
export type { Conference, Event } from './resources/event.ts';
export {
  conference,
  event,
  eventCreate,
  eventExample,
  eventPatch,
  notifyChoices,
  notifyField,
  recurrenceScope,
  recurrenceScopes,
  responseStatuses,
} from './resources/event.ts';
export type { CalendarStatus, StaleReason } from './resources/freshness.ts';
export { calendarStatus, freshnessExample, freshnessIn, freshnessOut, freshnessPolicies, staleReasons } from './resources/freshness.ts';
export type { AttentionItem, Overview, RecoveringItem } from './resources/insight.ts';
export { attentionItem, checklistSteps, overview, overviewExample, recoveringItem } from './resources/insight.ts';
export {
  bookedMeetingExample,
  deliveryExample,
  meetingExample,
  meetingStepExample,
  reminderExample,
} from './resources/meeting-examples.ts';
export type {
  BookedMeeting,
  Delivery,
  ExternalRef,
  Meeting,
  MeetingStep,
  Placement,
  PreparationItem,
  Reminder,
} from './resources/meeting.ts';
export {
  bookedMeeting,
  bookingModes,
  claim,
  conflictAnswers,
  delivery,
  deliveryKinds,
  deliveryStates,
  externalRef,
  meeting,
  meetingCancelIn,
  meetingCreate,
  meetingPatch,
  meetingStatus,
  meetingStep,
  placement,
  placementStates,
  preparationItem,
  quickBookIn,
  reminder,
  reminderStates,
  resourceKinds,
} from './resources/meeting.ts';
export type { FieldError, Issue, ProblemBody } from './resources/problem.ts';
export { fieldError, issue, issueExample, problem, problemCode, problemOwner, problemOwners } from './resources/problem.ts';
export type { Provider, ProviderCheck, ProviderConfig } from './resources/provider.ts';
export {
  accessProfile,
  capability,
  provider,
  providerCheck,
  providerCheckExample,
  providerCheckSteps,
  providerConfig,
  providerConfigExample,
  providerExample,
} from './resources/provider.ts';
export type { CreatedSetupLink, SetupAuthorization, SetupInvitation, SetupLink, SetupLinkStatus } from './resources/setup-link.ts';
export {
  createdSetupLink,
  createdSetupLinkExample,
  setupInvitation,
  setupInvitationExample,
  setupLink,
  setupLinkCreate,
  setupLinkExample,
  setupLinkStatus,
  setupLinkStatuses,
} from './resources/setup-link.ts';
export type { Schedule, SchedulingProfile } from './resources/schedule.ts';
export {
  schedule,
  scheduleCreate,
  scheduleExample,
  schedulePatch,
  schedulingProfile,
  schedulingProfileCreate,
  schedulingProfileExample,
  schedulingProfilePatch,
} from './resources/schedule.ts';
export type { Session, SignInOptions } from './resources/session.ts';
export {
  installationModes,
  session,
  sessionExample,
  signInOptions,
  signInOptionsExample,
  switchTenantIn,
  tenantRole,
} from './resources/session.ts';
export type { Settings, SettingsInput } from './resources/settings.ts';
export { defaultSettings, mailTest, mailTestIn, settings, settingsExample, settingsIn, settingsInExample } from './resources/settings.ts';
export type { Change, ConnectionSyncStatus, Run, RunCounts, StartedRuns, SyncSummary } from './resources/sync.ts';
export {
  calendarSyncIn,
  change,
  changeExample,
  connectionSyncIn,
  connectionSyncStatus,
  run,
  runCounts,
  runCreate,
  runExample,
  runStates,
  runTriggers,
  startedRuns,
  startedRunsExample,
  syncMode,
  syncModes,
  syncStatusExample,
  syncStatusOut,
  syncSummary,
} from './resources/sync.ts';
export { health, readiness } from './resources/system.ts';
export type { ApiKey, CreatedApiKey, Preferences, Resource, Tenant, User } from './resources/tenancy.ts';
export {
  apiKey,
  apiKeyCreate,
  apiKeyExample,
  createdApiKey,
  preferences,
  preferencesExample,
  preferencesPatch,
  resource,
  resourceCreate,
  resourceExample,
  slugField,
  tenant,
  tenantCreate,
  tenantExample,
  user,
  userCreate,
  userDeletion,
  userExample,
  userPatch,
} from './resources/tenancy.ts';
