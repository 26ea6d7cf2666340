import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { refusal } from '../testing/mock-api.ts';
import { only, startApp } from '../testing/render-app.tsx';

describe('the shell', () => {
  it('names the tenant, marks the page and counts only what needs a person', async () => {
    startApp('/meetings');
    const nav = await screen.findByRole('navigation', { name: 'Main' });
    expect(
      within(nav)
        .getByRole('link', { name: /Meetings/ })
        .getAttribute('aria-current'),
    ).toBe('page');
    expect(await within(nav).findByLabelText('2 need you')).toBeTruthy();
    expect(screen.getByText('Acme Logistics')).toBeTruthy();
  });

  it('sends who is not signed in to the sign-in page, and keeps where they wanted to go', async () => {
    const app = startApp('/meetings', {
      answer: only('GET /v1/session', () => refusal('unauthenticated', 'Nobody is signed in.')),
    });
    await screen.findByRole('heading', { name: 'Sign in to Daymark' });
    expect(app.address()).toContain('return_to=%2Fmeetings');
  });

  it('sends to the sign-in page when the session ends while working', async () => {
    let isOver = false;
    const app = startApp('/connections', {
      answer: ({ path }) => (isOver && path !== '/v1/sign-in-options' ? refusal('session-expired', 'It ended.') : undefined),
    });
    await screen.findByRole('button', { name: /Sync all now/ });
    isOver = true;
    fireEvent.click(screen.getByRole('link', { name: /Paused/ }));
    await screen.findByRole('heading', { name: 'Sign in to Daymark' });
    expect(app.address()).toContain('problem=session-expired');
  });

  it('shows cause, fix and reference when the session cannot be read', async () => {
    startApp('/', { answer: only('GET /v1/session', () => refusal('internal', 'A table is missing.')) });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('A table is missing.');
    expect(alert.textContent).toContain('req_01JD9C');
    expect(within(alert).getByRole('button', { name: 'Try again' })).toBeTruthy();
  });

  it('switches the zone of every time on the page', async () => {
    startApp('/meetings');
    const [first] = await screen.findAllByText((_, element) => element?.tagName === 'TIME' && element.textContent?.includes('–') === true);
    fireEvent.click(screen.getByRole('button', { name: 'Tenant' }));
    await waitFor(() => expect(first?.textContent).toMatch(/CES?T/));
    fireEvent.click(screen.getByRole('button', { name: 'UTC' }));
    await waitFor(() => expect(first?.textContent).toContain('UTC'));
  });

  it('signs out and forgets what was shown', async () => {
    const app = startApp('/meetings');
    fireEvent.click(await screen.findByRole('button', { name: /account menu/ }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    await screen.findByRole('heading', { name: 'Sign in to Daymark' });
    expect(app.requestsTo('DELETE', /^\/v1\/session$/)[0]?.headers['x-csrf-token']).toBe('f3b1c0');
  });
});
