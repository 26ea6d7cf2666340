export { checkAtSend, MAX_LATE_MS } from './check-at-send.ts';
export type { MeetingToCheck, ReminderToCheck, SendDecision } from './check-at-send.ts';
export { MailChannel } from './mail-channel.ts';
export type { MailCalendarPart, MailOutcome, OutgoingMail } from './mail-channel.ts';
export type {
  MailAttendee,
  MailBranding,
  MailHost,
  MailKind,
  MailMeeting,
  MailPerson,
  MailRecipient,
  MailRecurrence,
  MailRequest,
  PreparationItem,
} from './mail/mail-content.ts';
export { previewMail } from './mail/preview-mail.ts';
export type { PreviewRequest } from './mail/preview-mail.ts';
export { renderMail } from './mail/render-mail.ts';
export type { RenderedMail } from './mail/render-mail.ts';
export { messageIdOf } from './message-id.ts';
export { planReminders, reconcileReminders, reminderKey, sequenceAfter } from './plan-reminders.ts';
export type {
  MeetingTiming,
  PlannedMeeting,
  PlannedReminder,
  ReminderChannel,
  ReminderKeyParts,
  ReminderPlanChange,
  ReminderPlanRequest,
  ReminderRecipient,
  ReminderState,
  StoredReminder,
} from './plan-reminders.ts';
export { ReminderDispatcher } from './reminder-dispatcher.service.ts';
export type { DispatchOutcome } from './reminder-dispatcher.service.ts';
export { ReminderStore } from './reminder-store.ts';
export type { ClaimedReminder, ClaimRequest, ClaimResult } from './reminder-store.ts';
export { RemindersModule } from './reminders.module.ts';
export type { RemindersModuleOptions } from './reminders.module.ts';
export { REMINDERS_OPTIONS } from './reminders-options.ts';
export type { RemindersOptions } from './reminders-options.ts';
