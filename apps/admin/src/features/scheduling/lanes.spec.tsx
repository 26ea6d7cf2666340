import type { FreeBusy } from '@daymark/api-contract';
import { exampleId, operations } from '@daymark/api-contract';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Handler } from '../../testing/mock-api.ts';
import { ok, refusal } from '../../testing/mock-api.ts';
import type { Running, StartOptions } from '../../testing/render-app.tsx';
import { only, startApp } from '../../testing/render-app.tsx';

const monday = '2027-03-08';
const open = (options?: StartOptions): Running => startApp(`/schedule?date=${monday}`, options);
const lanes = (): Promise<HTMLElement> => screen.findByRole('list', { name: /^Busy times/ });
const everyone = (): Promise<HTMLElement> => screen.findByRole('group', { name: /^Everyone/ });
const laneOf = async (name: string): Promise<HTMLElement> => (await within(await lanes()).findByText(name)).closest('li')!;
const [status] = operations.readFreeBusy.example.response.calendar_statuses;

/** Answers for Ada alone, busy from 10:00 to 11:00 UTC. */
const adaIs = (
  more: Partial<FreeBusy['data'][number]>,
  statuses: readonly Partial<FreeBusy['calendar_statuses'][number]>[] = [],
): Handler =>
  only('POST /v1/free-busy', () =>
    ok({
      ...operations.readFreeBusy.example.response,
      data: [{ subject: exampleId('user'), busy: [{ start: `${monday}T10:00:00Z`, end: `${monday}T11:00:00Z` }], error: null, ...more }],
      calendar_statuses: statuses.map((one) => ({ ...status, ...one })),
    }),
  );

async function choose(...names: readonly string[]): Promise<void> {
  fireEvent.click(screen.getByRole('combobox', { name: 'People' }));
  for (const name of names) fireEvent.click(await screen.findByRole('option', { name }));
}

describe('the lanes of the scheduling assistant', () => {
  it('shows when you are busy, on the clock of the zone that is shown, and names the zone', async () => {
    open({ answer: adaIs({}) });
    expect((await laneOf('Ada Example')).textContent).toContain('busy 10:00–11:00 UTC');
    expect((await lanes()).getAttribute('aria-label')).toBe('Busy times, UTC');
    fireEvent.click(screen.getByRole('button', { name: 'Tenant' }));
    await waitFor(async () => expect((await laneOf('Ada Example')).textContent).toContain('busy 11:00–12:00 CET'));
    expect((await lanes()).getAttribute('aria-label')).toBe('Busy times, CET');
  });

  it('has a lane for each person who is chosen, in one request for all days', async () => {
    const app = open();
    await lanes();
    await choose('Ada Example', 'Tomasz Wrona');
    await waitFor(async () => expect(within(await lanes()).getAllByRole('listitem')).toHaveLength(2));
    const asked = app.requestsTo('POST', /free-busy$/).at(-1);
    expect(asked?.body).toEqual({
      subjects: [{ user_id: exampleId('user', 1) }, { user_id: exampleId('user', 3) }],
      window: { start: '2027-03-08T00:00:00Z', end: '2027-03-15T00:00:00Z' },
    });
  });

  it('shows unknown time as unknown and never as free, with when it was last read', async () => {
    const calendar = exampleId('calendar', 41);
    open({
      answer: adaIs({ error: { code: 'freshness-unmet', message: 'One calendar is old.' } }, [
        { calendar_id: calendar, state: 'stale', synced_at: '2027-03-07T09:12:03Z' },
      ]),
      prepare: (world) => Object.assign(world.calendars[0]!, { id: calendar, user_id: exampleId('user') }),
    });
    const lane = await laneOf('Ada Example');
    expect(lane.textContent).toContain('unknown, so not free, 08:00–18:00 UTC');
    await waitFor(() => expect(lane.textContent).toContain('last read Sun 7 Mar'));
    expect(within(lane).getByText('Unknown')).toBeTruthy();
    expect(lane.textContent).not.toMatch(/\bfree for\b/);
  });

  it('shows what lies beyond the knowledge of a calendar as unknown', async () => {
    const calendar = exampleId('calendar', 41);
    open({
      answer: adaIs({}, [{ calendar_id: calendar, covered_until: `${monday}T14:00:00Z` }]),
      prepare: (world) => Object.assign(world.calendars[0]!, { id: calendar, user_id: exampleId('user') }),
    });
    await waitFor(async () => expect((await laneOf('Ada Example')).textContent).toContain('unknown, so not free, 14:00–18:00 UTC'));
  });

  it('says whose time is last known, and who has no calendar', async () => {
    const calendar = exampleId('calendar', 41);
    open({
      answer: adaIs({}, [{ calendar_id: calendar, state: 'stale', synced_at: '2027-03-07T09:12:03Z', applied: 'last_known' }]),
      prepare: (world) => Object.assign(world.calendars[0]!, { id: calendar, user_id: exampleId('user') }),
    });
    await waitFor(async () => expect((await laneOf('Ada Example')).textContent).toContain('as of Sun 7 Mar'));
  });

  it('says who has no calendar connected, so that an empty lane is not taken for a free day', async () => {
    open({ answer: adaIs({ busy: [] }), prepare: (world) => Object.assign(world.users[0]!, { connections_count: 0 }) });
    await waitFor(async () => expect((await laneOf('Ada Example')).textContent).toContain('No calendar connected'));
  });

  it('keeps the free times when busy times cannot be read, and says why', async () => {
    open({ answer: only('POST /v1/free-busy', () => refusal('freshness-unmet', 'The calendars are old.')) });
    expect((await screen.findByRole('alert')).textContent).toContain('The calendars are old.');
    expect(await screen.findByRole('grid', { name: /Free times/ })).toBeTruthy();
  });
});

describe('the row of everyone', () => {
  it('says of any half hour why it is not free', async () => {
    open();
    await everyone();
    fireEvent.click(within(screen.getByRole('group', { name: 'Days' })).getByRole('button', { name: /^Tue 9 Mar/ }));
    fireEvent.click(within(await everyone()).getByRole('button', { name: '12:00 not free, why not?' }));
    expect(await screen.findByText('Ada is busy from 12:00 to 13:00 UTC.')).toBeTruthy();
  });

  it('chooses a free one, is one stop of the tab key and moves by arrows', async () => {
    open();
    const row = await everyone();
    const stops = (): HTMLElement[] =>
      within(row)
        .getAllByRole('button')
        .filter((one) => one.tabIndex === 0);
    expect(stops()).toHaveLength(1);
    act(() => stops()[0]?.focus());
    fireEvent.keyDown(document.activeElement!, { key: 'End' });
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^17:30/);
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowRight' });
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowLeft' });
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^17:00/);
    expect(stops()).toEqual([document.activeElement]);
    const [free] = within(row).getAllByRole('button', { name: /free for everyone/ });
    fireEvent.click(free!);
    await waitFor(() => expect(free?.getAttribute('aria-pressed')).toBe('true'));
    expect(await screen.findByText('Everyone is free.')).toBeTruthy();
  });
});

describe('the days', () => {
  it('shows the times of the day that is picked, and follows the time that is chosen', async () => {
    open();
    const days = await screen.findByRole('group', { name: 'Days' });
    await screen.findByRole('grid', { name: /Free times/ });
    fireEvent.click(within(days).getByRole('button', { name: /^Wed 10 Mar.*, \d+ free times/ }));
    expect(document.querySelector('[data-start]')?.getAttribute('data-start')).toMatch(/^2027-03-10/);
    const [best] = within(screen.getByRole('region', { name: 'Best times' })).getAllByRole('button');
    fireEvent.click(best!);
    expect(document.querySelector('.slot[aria-pressed="true"]')).not.toBeNull();
    fireEvent.change(screen.getByLabelText('Day'), { target: { value: '2027-03-11' } });
    await waitFor(() => expect(within(days).getByRole('button', { pressed: true }).textContent).toContain('Thu 11'));
  });

  it('asks for the days of a time that lies outside of those shown', async () => {
    const app = open();
    await screen.findByRole('grid', { name: /Free times/ });
    fireEvent.change(screen.getByLabelText(/^Start/), { target: { value: '10:00' } });
    fireEvent.change(screen.getByLabelText('Day'), { target: { value: '2027-04-05' } });
    await waitFor(() => expect(app.address()).toContain('date=2027-04-05'));
  });

  it('counts the times of all pages', async () => {
    const slot = (hour: number): unknown => ({
      start: `${monday}T${hour}:00:00Z`,
      end: `${monday}T${hour}:30:00Z`,
      members: [],
      score: 0.5,
      factors: [],
    });
    const page = { ...operations.findSlots.example.response, excluded: undefined };
    open({
      answer: only('POST /v1/availability/slots', ({ body }) =>
        ok(
          body['cursor'] === 'more'
            ? { ...page, data: [slot(14)], next_cursor: null, has_more: false }
            : { ...page, data: [slot(10), slot(11)], next_cursor: 'more', has_more: true },
        ),
      ),
    });
    expect(await screen.findByText('3 times found')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Mon 8 Mar 2027, 3 free times' })).toBeTruthy();
  });
});
