import type { GoogleState } from './google/google-state.ts';
import { emptyGoogleState } from './google/google-state.ts';
import type { MailState } from './mail/mailbox.ts';
import type { MicrosoftState } from './microsoft/microsoft-state.ts';
import { emptyMicrosoftState } from './microsoft/microsoft-state.ts';

/** All that survives a restart. Journals and rules do not: they belong to one test. */
export interface SandboxState {
  clock: { ms: number };
  google: GoogleState;
  microsoft: MicrosoftState;
  mail: MailState;
}

export function emptySandboxState(): SandboxState {
  return { clock: { ms: 0 }, google: emptyGoogleState(), microsoft: emptyMicrosoftState(), mail: { lastId: 0, messages: [] } };
}
