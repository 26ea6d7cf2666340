import type { Reminder } from '@daymark/api-contract';
import { exampleId, reminderExample } from '@daymark/api-contract';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { page, refusal } from '../../testing/mock-api.ts';
import { only, silence, startApp } from '../../testing/render-app.tsx';

const later = '2027-03-08T13:50:00Z';
const second = `/meetings/${exampleId('meeting', 2)}`;

describe('the list of meetings', () => {
  it('shows when, status, how far it is written and the join link', async () => {
    startApp('/meetings');
    const row = (await screen.findByRole('link', { name: 'Quarterly review' })).closest('tr');
    expect(row?.textContent).toContain('Booked');
    expect(row?.textContent).toContain('1 of 2');
    expect(within(row!).getByRole('link', { name: 'Join Quarterly review' })).toBeTruthy();
    expect((await screen.findByRole('link', { name: 'Depot walk-through' })).closest('tr')?.textContent).toContain('In person');
  });

  it('asks for those ahead, for past and for cancelled ones', async () => {
    const app = startApp('/meetings');
    await screen.findByRole('link', { name: 'Quarterly review' });
    expect(app.requestsTo('GET', /^\/v1\/meetings$/)[0]?.query.get('from')).toBe('now');
    fireEvent.click(screen.getByRole('link', { name: 'Cancelled' }));
    await waitFor(() =>
      expect(
        app
          .requestsTo('GET', /^\/v1\/meetings$/)
          .at(-1)
          ?.query.getAll('status'),
      ).toContain('cancelled'),
    );
    expect(app.address()).toContain('view=cancelled');
  });

  it('offers to schedule one when there is none', async () => {
    startApp('/meetings', { prepare: (world) => world.meetings.splice(0) });
    expect(await screen.findByText('No meeting lies ahead')).toBeTruthy();
  });

  it('shows a skeleton while it loads', async () => {
    startApp('/meetings', { answer: only('GET /v1/meetings', silence) });
    expect(await screen.findByRole('status', { name: 'Loading' })).toBeTruthy();
  });

  it('shows cause and fix when it cannot be read', async () => {
    startApp('/meetings', { answer: only('GET /v1/meetings', () => refusal('internal', 'No meetings.')) });
    expect((await screen.findByRole('alert')).textContent).toContain('No meetings.');
  });
});

describe('the page of a meeting', () => {
  it('has the join link on top, the steps, each calendar and everyone in their own zone', async () => {
    startApp(second);
    const join = await screen.findByRole('region', { name: 'Join link' });
    expect(within(join).getByRole('link', { name: 'Join Quarterly review' })).toBeTruthy();
    const steps = screen.getByRole('region', { name: 'Where it stands' });
    expect(steps.textContent).toContain('Written, 1 of 2');
    expect(steps.textContent).toContain('Waits for his sign-in.');
    expect(screen.getByRole('region', { name: 'Calendars' }).textContent).toContain('1 of 2 written');
    await waitFor(() => expect(screen.getByRole('region', { name: 'People' }).textContent).toMatch(/Sam.*E[SD]T/));
    expect(screen.getByRole('region', { name: 'People' }).textContent).toMatch(/Leo Brandt.*CES?T/);
  });

  it('shows what was sent, what failed and why, and the reminders to come', async () => {
    startApp(second);
    const deliveries = await screen.findByRole('region', { name: 'Deliveries' });
    expect(await within(deliveries).findByText('sent')).toBeTruthy();
    expect(deliveries.textContent).toContain('The mail server refused the address.');
    expect((await screen.findByRole('region', { name: 'Reminders' })).textContent).toContain('1 h before');
  });

  it('names the time of a reminder once, with everyone whom it goes to', async () => {
    const to = (recipient: string, id: number): Reminder => ({ ...reminderExample, id: exampleId('reminder', id), recipient });
    startApp(second, {
      answer: only(`GET /v1${second}/reminders`, () =>
        page([
          to('sam@customer.example', 1),
          to('leo@acme.example', 2),
          { ...to('sam@customer.example', 3), due_at: later, lead_minutes: 10 },
        ]),
      ),
    });
    const reminders = await screen.findByRole('region', { name: 'Reminders' });
    await waitFor(() => expect(within(reminders).getAllByRole('heading', { level: 3 })).toHaveLength(2));
    expect(reminders.textContent).toMatch(/1 h before.*sam@customer.*leo@acme.*10 min before.*sam@customer/);
  });

  it('asks before cancelling, sends the comment and shows the end', async () => {
    const app = startApp(second);
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Cancel “Quarterly review”?' });
    expect(dialog.textContent).toContain('2 calendar entries are removed');
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Comment' }), { target: { value: 'Next week instead.' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel the meeting' }));
    await waitFor(() => expect(app.requestsTo('POST', /cancel$/)[0]?.body).toEqual({ comment: 'Next week instead.' }));
  });

  it('moves it with the version that was seen, and offers other times when it cannot', async () => {
    const app = startApp(`${second}?move=open`, {
      answer: ({ method, body }) =>
        method === 'PATCH' && body['duration_minutes'] === 45
          ? refusal('slot-taken', 'Ada is busy.', {
              alternatives: [{ start: '2027-03-08T16:00:00Z', end: '2027-03-08T16:45:00Z', score: 0.8, members: [] }],
            })
          : undefined,
    });
    const dialog = await screen.findByRole('dialog', { name: /Reschedule/ });
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Minutes' }), { target: { value: '45' } });
    fireEvent.click(within(dialog).getByRole('button', { name: /^Move to/ }));
    const others = await within(dialog).findByRole('group', { name: 'Other times' });
    expect(app.requestsTo('PATCH', /meetings/)[0]?.headers['if-match']).toBe('"2"');
    expect(within(others).getAllByRole('button')).toHaveLength(1);
  });

  it('says so when there is no such meeting', async () => {
    startApp('/meetings/mtg_unknown');
    expect((await screen.findByRole('alert')).textContent).toContain('There is no such thing.');
  });
});
