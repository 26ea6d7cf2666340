import type { Event } from '@daymark/api-contract';
import { eventExample, exampleId } from '@daymark/api-contract';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../testing/mock-api.ts';
import type { Running, StartOptions } from '../../testing/render-app.tsx';
import { only, silence, startApp } from '../../testing/render-app.tsx';

const monday = '2027-03-08';
const at = (id: number, start: string, end: string, more: Partial<Event> = {}): Event => ({
  ...eventExample,
  id: exampleId('event', id),
  occurrence_id: exampleId('occurrence', id),
  start,
  end,
  ...more,
});

const shown: readonly Event[] = [
  at(1, '2027-03-08T14:00:00Z', '2027-03-08T15:00:00Z'),
  at(2, '2027-03-08T23:30:00Z', '2027-03-09T00:30:00Z', { title: 'Late call', status: 'tentative' }),
  at(3, '2027-03-10T09:00:00Z', '2027-03-10T10:00:00Z', { title: null, provider: 'outlook', conference: null }),
  {
    ...at(4, '', '', { title: 'Dock closed', all_day: true, conference: null }),
    start: null,
    end: null,
    start_date: '2027-03-11' as Event['start_date'],
    end_date: '2027-03-13' as Event['end_date'],
  },
];

function open(address: string, options: StartOptions = {}): Running {
  return startApp(address, { ...options, prepare: (world) => (Object.assign(world, { events: shown }), options.prepare?.(world)) });
}

describe('the events', () => {
  it('lists the week day by day on the clock of the viewer, with provider and traits in words', async () => {
    open(`/events?view=agenda&date=${monday}`);
    const day = await screen.findByRole('region', { name: monday });
    expect(day.textContent).toContain('14:00–15:00');
    await waitFor(() => expect(day.textContent).toContain('Google Calendar'));
    await waitFor(() => expect(screen.getByRole('region', { name: '2027-03-10' }).textContent).toMatch(/Private.*Outlook, busy only/));
    expect(screen.getByRole('region', { name: '2027-03-11' }).textContent).toContain('all day');
    expect(screen.getByRole('region', { name: '2027-03-12' }).textContent).toContain('Dock closed');
    expect(screen.queryByRole('region', { name: '2027-03-13' })).toBeNull();
  });

  it('moves times to the other day when another zone is shown, and asks for the week of that zone', async () => {
    const app = open(`/events?view=agenda&date=${monday}`);
    await screen.findByRole('region', { name: monday });
    fireEvent.click(screen.getByRole('button', { name: 'Tenant' }));
    await waitFor(() => expect(screen.getByRole('region', { name: '2027-03-09' }).textContent).toContain('00:30–01:30'));
    expect(screen.getByText(/Times in/).textContent).toContain('Europe/Berlin');
    expect(
      app
        .requestsTo('GET', /^\/v1\/events$/)
        .at(-1)
        ?.query.get('from'),
    ).toBe('2027-03-07T23:00:00Z');
  });

  it('draws the week, with stripes, dots and all-day rows', async () => {
    open(`/events?view=week&date=${monday}`);
    const week = await screen.findByRole('region', { name: 'Week' });
    const late = await within(week).findAllByTitle(/Late call, .*tentative/);
    expect(late[0]?.className).toContain('is-tentative');
    expect(within(week).getAllByTitle(/Private, .*busy only/)[0]?.className).toContain('is-private');
    expect(within(week).getAllByTitle(/Dock closed, all day/)).not.toHaveLength(0);
  });

  it('opens an event with its join link, by an address of its own', async () => {
    const app = open(`/events?view=agenda&date=${monday}`);
    fireEvent.click(await screen.findByRole('button', { name: /Design review/ }));
    const drawer = await screen.findByRole('dialog', { name: 'Design review' });
    expect(within(drawer).getByRole('link', { name: 'Join Design review' }).getAttribute('href')).toBe(
      'https://meet.google.com/abc-defg-hij',
    );
    expect(app.address()).toContain(`event=${exampleId('occurrence', 1)}`);
    fireEvent.click(within(drawer).getByRole('button', { name: 'Close event' }));
    await waitFor(() => expect(app.address()).not.toContain('event='));
  });

  it('reads again on Refresh', async () => {
    const app = open(`/events?view=agenda&date=${monday}`);
    await screen.findByRole('region', { name: monday });
    const before = app.requestsTo('GET', /^\/v1\/events$/).length;
    fireEvent.click(screen.getByRole('button', { name: 'Refresh' }));
    await waitFor(() => expect(app.requestsTo('GET', /^\/v1\/events$/).length).toBe(before + 1));
  });

  it('offers to connect when there is no calendar', async () => {
    open('/events', { prepare: (world) => world.calendars.splice(0) });
    expect(await screen.findByText('No calendar is connected yet')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Connect an account' }).getAttribute('href')).toBe('/connections?connect=open');
  });

  it('says that a week is empty, which is not the same as not connected', async () => {
    open('/events?view=agenda&date=2027-05-03');
    expect(await screen.findByText('No events in this week')).toBeTruthy();
  });

  it('shows a skeleton, then cause and fix when the events cannot be read', async () => {
    open('/events', { answer: only('GET /v1/events', silence) });
    expect(await screen.findByRole('status', { name: 'Loading' })).toBeTruthy();
  });

  it('shows cause and fix when the events cannot be read', async () => {
    open('/events', { answer: only('GET /v1/events', () => refusal('internal', 'No events today.')) });
    expect((await screen.findByRole('alert')).textContent).toContain('No events today.');
  });
});
