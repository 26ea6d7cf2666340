import { authorizationExample } from '@daymark/api-contract';
import { act, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { rememberCsrfToken } from '../../lib/api.ts';
import { ok } from '../../testing/mock-api.ts';
import { only, startApp } from '../../testing/render-app.tsx';

const authorization = {
  ...authorizationExample,
  authorize_url: 'https://service.example/auth?client_id=client-7&scope=openid+https%3A%2F%2Fcalendar.example%2Fevents&state=x',
};

describe('where consent ends', () => {
  it('connected: says so and goes to the connection by itself', async () => {
    const app = startApp('/connect/result?outcome=connected&connection_id=conn_1');
    await screen.findByRole('heading', { name: 'The account is connected' });
    expect(screen.getByRole('link', { name: 'Open the connection' }).getAttribute('href')).toBe('/connections/conn_1');
    vi.useFakeTimers();
    fireEvent.click(screen.getByRole('button', { name: 'Stay here' }));
    await act(() => vi.advanceTimersByTimeAsync(9000));
    expect(app.address()).toContain('/connect/result');
  });

  it('connected: returns after five seconds', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const app = startApp('/connect/result?outcome=connected&connection_id=conn_1');
    await screen.findByText(/Going there in 5 s/);
    for (let second = 0; second < 6; second += 1) await act(() => vi.advanceTimersByTimeAsync(1000));
    expect(app.address()).toBe('/connections/conn_1');
  });

  it('cancelled: nothing was read, and one can start again', async () => {
    startApp('/connect/result?outcome=denied&code=oauth-denied');
    await screen.findByRole('heading', { name: 'You cancelled' });
    expect(screen.getByRole('link', { name: 'Try again' }).getAttribute('href')).toBe('/connections?connect=open');
  });

  it('approval needed: gives a text to forward, with the client id and the scopes to allow', async () => {
    startApp('/connect/result?outcome=admin-consent&code=admin-consent-required', {
      answer: only('POST /v1/connections/authorize', () => ok({ data: [authorization] })),
    });
    await screen.findByRole('heading', { name: 'Your administrator must approve' });
    expect(screen.getByRole('main').textContent).not.toContain('link');
    fireEvent.click(screen.getByRole('button', { name: 'Show what the administrator needs' }));
    await screen.findByRole('button', { name: 'Copy the text to forward' });
    const letter = document.querySelector('.letter')?.textContent;
    for (const part of ['Google Calendar, client id:\nclient-7', 'Scopes:\nopenid\nhttps://calendar.example/events'])
      expect(letter).toContain(part);
  });

  it('approval needed: names the page of the service on which it is given, for the provider that refused', async () => {
    const asked: unknown[] = [];
    startApp('/connect/result?outcome=admin-consent&code=admin-consent-required&provider=elsewhere', {
      answer: only('POST /v1/connections/authorize', ({ body }) => {
        asked.push(body);
        return ok({ data: [{ ...authorization, admin_consent_url: 'https://service.example/approve?state=y' }] });
      }),
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Show what the administrator needs' }));
    const own = await screen.findByRole('link', { name: /^Approve at / });
    expect(own.getAttribute('href')).toBe('https://service.example/approve?state=y');
    expect(document.querySelector('.letter')?.textContent).toContain('https://service.example/approve?state=y');
    expect(asked).toEqual([expect.objectContaining({ provider: 'elsewhere' })]);
  });

  it('approval needed: asks with the token of the session, although no page of the shell was open before', async () => {
    rememberCsrfToken('');
    const app = startApp('/connect/result?outcome=admin-consent&provider=elsewhere', {
      answer: only('POST /v1/connections/authorize', () => ok({ data: [authorization] })),
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Show what the administrator needs' }));
    await screen.findByRole('button', { name: 'Copy the text to forward' });
    expect(app.requestsTo('POST', /authorize$/)[0]?.headers['x-csrf-token']).toBe('f3b1c0');
  });

  it('approval needed: shows no address that stands in its own', async () => {
    startApp('/connect/result?outcome=admin-consent&admin_consent_url=https%3A%2F%2Fevil.example', {
      answer: only('POST /v1/connections/authorize', () => ok({ data: [authorization] })),
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Show what the administrator needs' }));
    await screen.findByRole('button', { name: 'Copy the text to forward' });
    expect(document.body.innerHTML).not.toContain('evil.example');
  });

  it('approved: says so, and that nothing is connected by that', async () => {
    startApp('/connect/result?outcome=approved');
    await screen.findByRole('heading', { name: 'Thank you for approving' });
    expect(screen.getByRole('main').textContent).toContain('connects nothing');
  });

  it('failed: cause, fix, who and reference by the code', async () => {
    startApp('/connect/result?outcome=failed&code=account-mismatch&connection_id=conn_1&reference=req_9');
    await screen.findByText('req_9');
    expect(screen.getByText(/Who:/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Try again' }).getAttribute('href')).toBe('/connections/conn_1');
  });
});
