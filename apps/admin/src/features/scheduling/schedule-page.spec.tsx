import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { ok, refusal } from '../../testing/mock-api.ts';
import { only, silence, startApp } from '../../testing/render-app.tsx';

const monday = '2027-03-08';
const grid = (): Promise<HTMLElement> => screen.findByRole('grid', { name: /Free times/ });
const focused = (): string | null | undefined => document.activeElement?.getAttribute('data-start');
const press = (key: string): boolean => fireEvent.keyDown(document.activeElement!, { key });
const verdict = (): HTMLElement => document.querySelector('.conflict') as HTMLElement;

describe('the scheduling assistant', () => {
  it('books by keyboard alone: one stop in the grid, arrows, Enter on the button', async () => {
    const app = startApp(`/schedule?date=${monday}`);
    const slots = await grid();
    fireEvent.change(screen.getByRole('textbox', { name: /Title/ }), { target: { value: 'Demo' } });
    const stops = within(slots)
      .getAllByRole('button')
      .filter((one) => one.tabIndex === 0);
    expect(stops).toHaveLength(1);
    act(() => stops[0]?.focus());
    const first = focused();
    press('ArrowRight');
    const second = focused();
    expect(Date.parse(second ?? '')).toBeGreaterThan(Date.parse(first ?? ''));
    press('ArrowDown');
    expect(focused()?.slice(0, 10)).not.toBe(second?.slice(0, 10));
    press('ArrowUp');
    expect(focused()).toBe(second);
    press('End');
    press('Home');
    expect(focused()).toBe(first);
    fireEvent.click(document.activeElement!);
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-pressed')).toBe('true'));
    expect(
      within(slots)
        .getAllByRole('button')
        .filter((one) => one.tabIndex === 0),
    ).toHaveLength(1);
    fireEvent.submit(screen.getByRole('button', { name: /^Book / }).closest('form')!);
    expect(await screen.findByRole('heading', { level: 2, name: 'Demo' })).toBeTruthy();
    const [booking] = app.requestsTo('POST', /^\/v1\/meetings$/);
    expect(booking?.body).toMatchObject({
      title: 'Demo',
      start: first,
      duration_minutes: 30,
      on_conflict: 'suggest',
      reminders: [1440, 60],
    });
    expect(booking?.headers['idempotency-key']).toBeTruthy();
  });

  it('announces whether a time is free, with one request for each change', async () => {
    const app = startApp(`/schedule?date=${monday}`);
    await grid();
    expect(verdict().getAttribute('aria-live')).toBe('polite');
    const time = screen.getByLabelText(/^Start/);
    for (const typed of ['10:00', '10:15', '10:30']) fireEvent.change(time, { target: { value: typed } });
    await waitFor(() => expect(verdict().textContent).toContain('Everyone is free.'));
    expect(app.requestsTo('POST', /conflicts\/check$/)).toHaveLength(1);
    expect(app.requestsTo('POST', /conflicts\/check$/)[0]?.body).toMatchObject({
      start: '2027-03-08T10:30:00Z',
      end: '2027-03-08T11:00:00.000Z',
    });
    fireEvent.change(time, { target: { value: '12:00' } });
    await waitFor(() => expect(verdict().textContent).toContain('Not free: 1 conflict.'));
    expect(verdict().textContent).toContain('Ada is busy from 12:00 to 13:00 UTC.');
    expect(app.requestsTo('POST', /conflicts\/check$/)).toHaveLength(2);
    const instead = within(verdict()).getAllByRole('button');
    fireEvent.click(instead[0]!);
    await waitFor(() => expect(verdict().textContent).toContain('Everyone is free.'));
    expect(screen.getByLabelText<HTMLInputElement>(/^Start/).value).toBe('13:00');
  });

  it('offers other times when the time was taken meanwhile, and books one of them', async () => {
    const app = startApp(`/schedule?date=${monday}&title=Demo`, {
      answer: only('POST /v1/conflicts/check', () => ok({ free: true, conflicts: [], alternatives: [] })),
    });
    await grid();
    fireEvent.change(screen.getByLabelText(/^Start/), { target: { value: '12:00' } });
    await waitFor(() => expect(verdict().textContent).toContain('Everyone is free.'));
    fireEvent.submit(screen.getByRole('button', { name: /^Book / }).closest('form')!);
    const others = await screen.findByRole('group', { name: 'Other times' });
    expect(screen.getAllByRole('alert')[0]?.textContent).toContain('The time is not free');
    fireEvent.click(within(others).getAllByRole('button')[0]!);
    fireEvent.submit(screen.getByRole('button', { name: /^Book / }).closest('form')!);
    expect(await screen.findByRole('region', { name: 'Where it stands' })).toBeTruthy();
    const [first, second] = app.requestsTo('POST', /^\/v1\/meetings$/);
    expect(first?.headers['idempotency-key']).not.toBe(second?.headers['idempotency-key']);
  });

  it('sends people, attendees, preparation and the lead', async () => {
    const app = startApp(`/schedule?date=${monday}&title=Demo&reference=42&reference_type=lead`);
    await grid();
    fireEvent.change(screen.getByRole('textbox', { name: 'Attendees' }), {
      target: { value: 'sam@customer.example, kim@customer.example' },
    });
    fireEvent.change(screen.getByRole('textbox', { name: 'What to read' }), { target: { value: 'Notes' } });
    fireEvent.change(screen.getByRole('textbox', { name: 'Address or note' }), { target: { value: 'https://crm.example/42' } });
    fireEvent.click(screen.getByRole('button', { name: 'Add preparation' }));
    fireEvent.change(screen.getByLabelText(/^Start/), { target: { value: '10:00' } });
    await waitFor(() => expect(verdict().textContent).toContain('Everyone is free.'));
    fireEvent.submit(screen.getByRole('button', { name: /^Book / }).closest('form')!);
    await screen.findByRole('region', { name: 'Booked' });
    expect(app.requestsTo('POST', /^\/v1\/meetings$/)[0]?.body).toMatchObject({
      attendees: [{ email: 'sam@customer.example' }, { email: 'kim@customer.example' }],
      preparation: [{ kind: 'link', title: 'Notes', url: 'https://crm.example/42' }],
      external_ref: { type: 'lead', id: '42' },
      conference: { required: false },
    });
  });

  it('says what is missing and sends nothing', async () => {
    const app = startApp(`/schedule?date=${monday}`);
    await grid();
    fireEvent.change(screen.getByRole('textbox', { name: 'Attendees' }), { target: { value: 'sam at customer' } });
    fireEvent.submit(screen.getByRole('button', { name: 'Book' }).closest('form')!);
    expect(await screen.findByText(/Give it a title/)).toBeTruthy();
    expect(screen.getByText('sam is not an e-mail address.')).toBeTruthy();
    expect(screen.getByText('Choose a time first.')).toBeTruthy();
    expect(app.requestsTo('POST', /^\/v1\/meetings$/)).toHaveLength(0);
  });

  it('shows the steps of the booking until all are done', async () => {
    let isDone = false;
    startApp(`/schedule?date=${monday}&title=Demo`, {
      prepare: (world) => {
        const [meeting] = world.meetings;
        Object.defineProperty(meeting, 'steps', {
          enumerable: true,
          get: () => [
            {
              kind: 'mail',
              label: '1 invitation',
              state: isDone ? 'done' : 'running',
              calendar_id: null,
              recipient: null,
              attempts: 1,
              next_try_at: null,
              finished_at: null,
              problem: null,
            },
          ],
        });
      },
      answer: ({ method, path }) =>
        method === 'GET' && /^\/v1\/meetings\/mtg/.test(path) && isDone
          ? ok({ ...worldMeeting, steps: [{ ...worldMeeting.steps[0], kind: 'mail', state: 'done', label: '1 invitation' }] })
          : undefined,
    });
    await grid();
    fireEvent.change(screen.getByLabelText(/^Start/), { target: { value: '10:00' } });
    await waitFor(() => expect(verdict().textContent).toContain('Everyone is free.'));
    fireEvent.submit(screen.getByRole('button', { name: /^Book / }).closest('form')!);
    const steps = await screen.findByRole('region', { name: 'Where it stands' });
    expect(steps.textContent).toContain('Mailing, 0 of 1');
    isDone = true;
    await waitFor(() => expect(steps.textContent).toContain('Mailed'), { timeout: 4000 });
  });

  it('shows a skeleton, and cause and fix when no times can be found out', async () => {
    startApp('/schedule', { answer: only('POST /v1/availability/slots', silence) });
    expect(await screen.findByRole('status', { name: 'Loading' })).toBeTruthy();
  });

  it('shows cause and fix when the calendars are not fresh enough', async () => {
    startApp('/schedule', {
      answer: only('POST /v1/availability/slots', () => refusal('freshness-unmet', 'Two calendars are old.')),
    });
    expect((await screen.findByRole('alert')).textContent).toContain('Two calendars are old.');
  });

  it('says when there is no time, and offers the days after', async () => {
    const app = startApp(`/schedule?date=${monday}`, {
      answer: only('POST /v1/availability/slots', () =>
        ok({ data: [], as_of: null, freshness_policy: {}, calendar_statuses: [], next_cursor: null, has_more: false }),
      ),
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Look at the days after' }));
    await waitFor(() => expect(app.address()).toContain('date=2027-03-15'));
  });
});

const worldMeeting = await vi
  .importActual<typeof import('@daymark/api-contract')>('@daymark/api-contract')
  .then(({ meetingExample }) => meetingExample);
