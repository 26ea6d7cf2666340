import { exampleId } from '../fields/ids.ts';
import { freshnessExample } from './freshness.ts';
import type { BookedMeeting, Delivery, Meeting, MeetingStep, Reminder } from './meeting.ts';

export const meetingStepExample: MeetingStep = {
  kind: 'placement',
  label: 'Written to Ada (Google Calendar)',
  state: 'done',
  calendar_id: exampleId('calendar'),
  recipient: null,
  attempts: 1,
  next_try_at: null,
  finished_at: '2027-03-07T09:14:02Z',
  problem: null,
};

export const meetingExample: Meeting = {
  id: exampleId('meeting'),
  status: 'booked',
  title: 'Product demo',
  description: 'A first look.',
  location: null,
  start: '2027-03-08T14:00:00Z',
  end: '2027-03-08T14:30:00Z',
  time_zone: 'Europe/Berlin' as Meeting['time_zone'],
  duration_minutes: 30,
  hosts: [{ user_id: exampleId('user'), name: 'Ada Example', email: 'ada@corp.example' }],
  attendees: [
    {
      id: exampleId('attendee'),
      user_id: null,
      email: 'sam@customer.example',
      name: 'Sam',
      optional: false,
      response: 'needs-action',
      time_zone: 'America/New_York' as Meeting['time_zone'],
    },
  ],
  conference: { status: 'ready', platform: 'Google Meet', join_url: 'https://meet.google.com/abc-defg-hij' },
  calendar_id: exampleId('calendar'),
  scheduling_profile_id: null,
  placements: [
    {
      id: exampleId('placement'),
      calendar_id: exampleId('calendar'),
      provider: 'google',
      role: 'organizer',
      state: 'written',
      event_id: exampleId('event'),
      url: 'https://calendar.google.com/calendar/event?eid=abc',
      attempts: 1,
      next_try_at: null,
      problem: null,
    },
  ],
  steps: [meetingStepExample],
  claims: [
    {
      resource_id: exampleId('resource'),
      kind: 'person',
      label: 'Ada Example',
      start: '2027-03-08T13:50:00Z',
      end: '2027-03-08T14:35:00Z',
    },
  ],
  reminders: [1440, 60],
  preparation: [{ kind: 'link', title: 'Account notes', url: 'https://crm.example/deals/42' }],
  external_ref: { type: 'deal', id: '42', url: 'https://crm.example/deals/42' },
  moved: null,
  sequence: 0,
  cancelled_at: null,
  cancel_comment: null,
  created_at: '2027-03-07T09:14:00Z',
  updated_at: '2027-03-07T09:14:02Z',
  version: 2,
};

export const bookedMeetingExample: BookedMeeting = { ...meetingExample, dry_run: false, ...freshnessExample };

export const deliveryExample: Delivery = {
  id: exampleId('delivery'),
  meeting_id: exampleId('meeting'),
  reminder_id: null,
  kind: 'confirmation',
  channel: 'email',
  recipient: 'sam@customer.example',
  state: 'sent',
  subject: 'Booked: Product demo',
  attempts: 1,
  sent_at: '2027-03-07T09:14:05Z',
  next_try_at: null,
  problem: null,
  created_at: '2027-03-07T09:14:02Z',
};

export const reminderExample: Reminder = {
  id: exampleId('reminder'),
  meeting_id: exampleId('meeting'),
  recipient: 'sam@customer.example',
  channel: 'email',
  lead_minutes: 60,
  due_at: '2027-03-08T13:00:00Z',
  state: 'due',
  reason: null,
  attempts: 0,
  sent_at: null,
};
