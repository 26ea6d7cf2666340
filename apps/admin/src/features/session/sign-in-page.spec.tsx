import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok, refusal } from '../../testing/mock-api.ts';
import { only, silence, startApp } from '../../testing/render-app.tsx';

describe('the sign-in page', () => {
  it('offers the providers, and takes along where one wanted to go', async () => {
    startApp('/sign-in?return_to=%2Fmeetings');
    const link = await screen.findByRole('link', { name: /Sign in with Google/ });
    expect(link.getAttribute('href')).toBe('/auth/google?return_to=%2Fmeetings');
    expect(screen.getByText(/start banner/)).toBeTruthy();
  });

  it.each([
    ['sign-in-link-used', /link/i],
    ['account-unknown', /account/i],
  ])('says why a sign-in ended with %s, and what to do', async (code, title) => {
    startApp(`/sign-in?problem=${code}`);
    const alert = await screen.findByRole('alert');
    expect(alert.querySelector('h2')?.textContent).toMatch(title);
    expect(alert.textContent).toContain('Who:');
  });

  it('shows a place holder while the ways to sign in are on their way', async () => {
    startApp('/sign-in', { answer: silence });
    expect(await screen.findByRole('status', { name: 'Loading' })).toBeTruthy();
  });

  it('says so when no provider is set up', async () => {
    startApp('/sign-in', {
      answer: only('GET /v1/sign-in-options', () => ok({ product_name: 'Daymark', mode: 'production', providers: [], link_hint: null })),
    });
    expect(await screen.findByText(/No provider is set up/)).toBeTruthy();
  });

  it('shows cause and fix when the server cannot be asked', async () => {
    startApp('/sign-in', { answer: () => refusal('not-ready', 'The database is away.') });
    expect((await screen.findByRole('alert')).textContent).toContain('The database is away.');
  });
});
