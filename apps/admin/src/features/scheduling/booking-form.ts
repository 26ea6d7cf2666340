import type { PreparationItem } from '@daymark/api-contract';
import type { Booking, ConflictQuestion, SlotsQuestion } from './use-scheduling.ts';
import type { DaysWindow } from './window.ts';
import { wireWindow } from './window.ts';

export type ConferenceChoice = 'none' | 'wanted' | 'required';

/** What stands in the fields. */
export interface BookingForm {
  readonly title: string;
  readonly durationMinutes: number;
  readonly hosts: readonly string[];
  /** Addresses, separated by commas or lines. */
  readonly attendees: string;
  readonly profileId: string | null;
  readonly conference: ConferenceChoice;
  readonly reminders: readonly string[];
  readonly preparation: readonly PreparationItem[];
  readonly description: string;
  readonly location: string;
  readonly referenceType: string;
  readonly referenceId: string;
  readonly referenceUrl: string;
}

export const emptyForm: BookingForm = {
  title: '',
  durationMinutes: 30,
  hosts: [],
  attendees: '',
  profileId: null,
  conference: 'wanted',
  reminders: ['1440', '60'],
  preparation: [],
  description: '',
  location: '',
  referenceType: '',
  referenceId: '',
  referenceUrl: '',
};

/** Who must be free, for how long, under which rules. */
export type Who = Pick<BookingForm, 'hosts' | 'durationMinutes' | 'profileId'>;

function searchOf({ hosts, durationMinutes, profileId }: Who) {
  return {
    ...(hosts.length === 0
      ? {}
      : { participants: [{ group: 'hosts', required: 'all' as const, members: hosts.map((id) => ({ user_id: id })) }] }),
    ...(profileId === null ? {} : { scheduling_profile_id: profileId }),
    duration_minutes: durationMinutes,
  };
}

/** Which times are free in a window. */
export function slotsQuestion(form: Who, window: DaysWindow, zone: string): SlotsQuestion {
  return { ...searchOf(form), window: wireWindow(window), time_zone: zone, limit: 200 };
}

/** Whether one time is free, for the same people and rules. */
export function conflictQuestion(form: Who, start: string, zone: string): ConflictQuestion {
  const { duration_minutes: minutes, ...rest } = searchOf(form);
  const end = new Date(Date.parse(start) + minutes * 60_000).toISOString();
  return { ...rest, start, end, alternatives: 3, time_zone: zone };
}

/** What is sent to book. */
export function bookingOf(form: BookingForm, start: string, zone: string): Booking {
  const attendees = addressesOf(form.attendees).map((email) => ({ email }));
  const url = form.referenceUrl.trim();
  return {
    title: form.title.trim(),
    start,
    duration_minutes: form.durationMinutes,
    time_zone: zone,
    on_conflict: 'suggest',
    ...(form.hosts.length === 0 ? {} : { hosts: [...form.hosts] }),
    ...(form.profileId === null ? {} : { scheduling_profile_id: form.profileId }),
    ...(attendees.length === 0 ? {} : { attendees }),
    conference: form.conference === 'none' ? null : { required: form.conference === 'required' },
    reminders: form.reminders.map(Number),
    ...(form.preparation.length === 0 ? {} : { preparation: [...form.preparation] }),
    ...(form.description.trim() === '' ? {} : { description: form.description.trim() }),
    ...(form.location.trim() === '' ? {} : { location: form.location.trim() }),
    ...(form.referenceId.trim() === ''
      ? {}
      : { external_ref: { type: form.referenceType.trim() || 'reference', id: form.referenceId.trim(), ...(url === '' ? {} : { url }) } }),
  };
}

export function addressesOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((one) => one !== ''))];
}

/** What keeps the form from being sent, by field; the server checks all again. */
export function faultsOf(form: BookingForm): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  if (form.title.trim() === '') faults.set('title', 'Give it a title; people see it in their calendars.');
  const strange = addressesOf(form.attendees).find((one) => !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(one));
  if (strange !== undefined) faults.set('attendees', `${strange} is not an e-mail address.`);
  if (form.durationMinutes < 5 || form.durationMinutes > 1440) faults.set('duration', 'Between 5 minutes and 24 hours.');
  if (form.referenceUrl.trim() !== '' && !/^https?:\/\//.test(form.referenceUrl.trim())) faults.set('referenceUrl', 'Starts with https://');
  return faults;
}
