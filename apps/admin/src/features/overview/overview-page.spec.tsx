import { operations } from '@daymark/api-contract';
import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok, refusal } from '../../testing/mock-api.ts';
import { only, silence, startApp } from '../../testing/render-app.tsx';

const region = (name: string): Promise<HTMLElement> => screen.findByRole('region', { name });

describe('the overview', () => {
  it('lists what needs a person in the order of the server, with cause, owner and the way there', async () => {
    startApp('/');
    const panel = await region('Needs you');
    const [first, second] = within(panel).getAllByRole('article');
    expect(first?.textContent).toContain('leo.brandt@acme.example: password changed');
    expect(first?.textContent).toContain('4 meetings affected.');
    expect(first?.textContent).toContain('Who: the owner of the account');
    expect(second?.textContent).toContain('client secret rejected');
    expect(within(panel).getByRole('link', { name: 'Reconnect: leo.brandt@acme.example' }).getAttribute('href')).toMatch(
      /^\/connections\/conn_/,
    );
  });

  it('keeps what heals by itself apart, with its next try', async () => {
    startApp('/');
    const panel = await region('Recovering by itself');
    expect(panel.textContent).toContain('Nothing to do');
    expect(panel.textContent).toMatch(/in (3|4) min/);
  });

  it('shows figures with their windows and never rounds failures away', async () => {
    startApp('/');
    const figures = await screen.findByRole('region', { name: 'Health in figures' });
    expect(figures.textContent).toContain('99.9%');
    expect(figures.textContent).toContain('3 of 5,184 runs failed');
    expect(figures.textContent).toContain('24 h');
  });

  it('says in the demo, and only there, that accounts are broken on purpose', async () => {
    startApp('/');
    expect(await screen.findByText(/broken on purpose/)).toBeTruthy();
    cleanup();
    const session = { ...(operations.getSession.example.response as object), mode: 'production' };
    startApp('/', { answer: only('GET /v1/session', () => ok(session)) });
    await region('Health in figures');
    expect(screen.queryByText(/broken on purpose/)).toBeNull();
  });

  it('opens the first-run steps and marks what is done', async () => {
    startApp('/');
    fireEvent.click(await screen.findByRole('button', { name: 'Show steps' }));
    expect(screen.getAllByLabelText('done')).toHaveLength(4);
    expect(screen.getByText(/Getting started, 4 of 6/)).toBeTruthy();
  });

  it('offers to connect when there is no account', async () => {
    startApp('/', {
      prepare: (world) => {
        Object.assign(world.overview, { needs_you: [], recovering: [], next_meetings: [] });
        world.overview.connections.total = 0;
      },
    });
    const link = await screen.findByRole('link', { name: 'Connect an account' });
    expect(link.getAttribute('href')).toBe('/connections?connect=open');
    expect(screen.getByText('No meeting lies ahead')).toBeTruthy();
  });

  it('shows a skeleton while it is on its way', async () => {
    startApp('/', { answer: only('GET /v1/insights/overview', silence) });
    expect(await screen.findByRole('status', { name: 'Loading' })).toBeTruthy();
  });

  it('shows cause, fix and reference when it cannot be read, and reads again', async () => {
    let isBroken = true;
    startApp('/', {
      answer: only('GET /v1/insights/overview', () => (isBroken ? refusal('internal', 'The figures could not be counted.') : undefined)),
    });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The figures could not be counted.');
    expect(alert.textContent).toContain('Reference req_01JD9C');
    isBroken = false;
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await region('Needs you')).toBeTruthy();
  });

  it('says when the role does not allow it', async () => {
    startApp('/', {
      answer: only('GET /v1/insights/overview', () => refusal('forbidden-role', 'Viewers may not see this.')),
    });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Not allowed');
    expect(within(alert).queryByRole('button', { name: 'Try again' })).toBeNull();
  });
});
