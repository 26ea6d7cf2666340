export interface RemindersOptions {
  /** The domain in the Message-IDs: one that the installation sends mail for. */
  readonly messageIdDomain: string;
}

/** Injection token of {@link RemindersOptions}. */
export const REMINDERS_OPTIONS = Symbol('RemindersOptions');
