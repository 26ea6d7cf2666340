import type { CallReply } from '../call-runner.ts';
import type { PageShape } from '../page-rules.ts';
import { defaultCalendarOf } from './microsoft-calendars.ts';
import { itemNotFound } from './microsoft-error.ts';
import type { EventReader } from './microsoft-event-view.ts';
import type { MailboxTarget } from './microsoft-mailbox-access.ts';
import { requireRole } from './microsoft-mailbox-access.ts';
import type { MicrosoftNotices } from './microsoft-notices.ts';
import type { Preferences } from './microsoft-prefer.ts';
import type { OperationScopes } from './microsoft-scopes.ts';
import { checkSharedScopes, seesOnlyBasics } from './microsoft-scopes.ts';
import type { MicrosoftCalendar, MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftRole } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** One authenticated call of Graph. */
export interface GraphCall {
  readonly world: MicrosoftWorld;
  readonly notices: MicrosoftNotices;
  readonly person: MicrosoftPerson;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Whose mailbox is addressed: the caller's own below `/me`. */
  readonly mailbox: MicrosoftPerson;
  /** Null outside of `/calendar` and `/calendars/{id}`. */
  readonly calendarId: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The whole address, without its query. */
  readonly address: string;
  readonly preferences: Preferences;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  readonly shape: (page: number) => PageShape;
}

export interface GraphOperation {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below a mailbox, below one of its calendars, below either, or at the root. */
  readonly below: 'mailbox' | 'calendar' | 'either' | 'root';
  readonly path: string;
  readonly scopes: OperationScopes;
  /** False for what works without an Exchange mailbox. */
  readonly needsMailbox?: boolean;
  readonly handle: (call: GraphCall) => CallReply | Promise<CallReply>;
}

export function targetOf(call: GraphCall): MailboxTarget {
  return { actor: call.person, mailbox: call.mailbox, calendarId: call.calendarId, ifMatch: call.ifMatch };
}

/** The addressed calendar, the default one where none is named. @throws GraphError 403, 404 */
export function openCallCalendar(call: GraphCall, least: MicrosoftRole): { calendar: MicrosoftCalendar; role: MicrosoftRole } {
  const { world, calendarId } = call;
  const calendar = calendarId === null ? defaultCalendarOf(world, call.mailbox) : world.state.calendars.get(calendarId);
  if (calendar === undefined) throw itemNotFound();
  const role = requireRole(world, calendar, { person: call.person, least });
  checkShared(call, calendar, { isWrite: least === 'write' });
  return { calendar, role };
}

export function checkShared(call: GraphCall, calendar: MicrosoftCalendar, access: { isWrite: boolean }): void {
  if (calendar.ownerEmail !== call.person.email) checkSharedScopes(call.scopes, access);
}

export function readerOf(call: GraphCall, role: MicrosoftRole): EventReader {
  return { role, preferences: call.preferences, seesOnlyBasics: seesOnlyBasics(call.scopes) };
}

/** An answer with its OData context. */
export function entity(
  call: GraphCall,
  body: Readonly<Record<string, unknown>>,
  about: { readonly context: string; readonly status?: number },
): CallReply {
  const status = about.status ?? 200;
  return { status, body: { '@odata.context': `${call.world.origin()}/v1.0/$metadata#${about.context}`, ...body }, applied: status === 201 };
}
