import { providerCheckExample, providerExample } from '@daymark/api-contract';
import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok, page, refusal } from '../../testing/mock-api.ts';
import { only, startApp } from '../../testing/render-app.tsx';

const missing = {
  ...providerExample,
  id: 'elsewhere',
  name: 'Elsewhere',
  configured: false,
  reason: 'ELSEWHERE_CLIENT_ID is not set',
  client_id: null,
  profiles: [],
  capabilities: [],
  sign_in: null,
  documentation: '',
};
const both = only('GET /v1/providers', () => page([providerExample, missing]));

describe('the providers', () => {
  it('show state, the addresses to register, and what is asked for with reasons', async () => {
    startApp('/providers', { answer: both });
    const google = await screen.findByRole('region', { name: 'Google Calendar' });
    for (const part of [
      'Set up',
      providerExample.client_id!,
      providerExample.redirect_uri,
      providerExample.sign_in!.redirect_uri,
      'To find times at which you are free.',
      'docs/how-to/set-up-google.md',
      'Writes events',
      'Not: Proposes times',
    ])
      expect(google.textContent).toContain(part);
    expect(within(google).getByRole('button', { name: 'Copy: Redirect address for connecting' })).toBeTruthy();
  });

  it('say why one cannot be used, and what to register, without a check that could not be made', async () => {
    startApp('/providers', { answer: both });
    const other = await screen.findByRole('region', { name: 'Elsewhere' });
    expect(other.textContent).toContain('Not set up');
    expect(other.textContent).toContain('ELSEWHERE_CLIENT_ID is not set');
    expect(within(other).queryByRole('button', { name: /Check credentials/ })).toBeNull();
  });

  it('say so when the list cannot be read', async () => {
    startApp('/providers', { answer: only('GET /v1/providers', () => refusal('not-ready', 'The database is away.')) });
    expect((await screen.findByRole('alert')).textContent).toContain('The database is away.');
  });
});

describe('the check of credentials', () => {
  it('names the step at which it ends, with cause, fix and who', async () => {
    const app = startApp('/providers', { answer: both });
    fireEvent.click(await screen.findByRole('button', { name: 'Check credentials: Google Calendar' }));
    expect((await screen.findByRole('status')).textContent).toContain('It ends at: It takes the client secret.');
    const failed = providerCheckExample.steps.find(({ outcome }) => outcome === 'failed')!;
    for (const part of [failed.detail!, failed.cause!, failed.fix!]) expect(screen.getByText(part, { exact: false })).toBeTruthy();
    expect(screen.getAllByLabelText('passed')).toHaveLength(2);
    expect(screen.getByRole('button', { name: 'Check again: Google Calendar' })).toBeTruthy();
    expect(app.requestsTo('POST', /check$/).map(({ path }) => path)).toEqual(['/v1/providers/google/check']);
  });

  it('says that all is well, and what only a connected account can tell', async () => {
    const good = { ...providerCheckExample, ok: true, failed_step: null, steps: providerCheckExample.steps.slice(0, 2) };
    startApp('/providers', {
      answer: (request, params) => both(request, params) ?? only('POST /v1/providers/google/check', () => ok(good))(request, params),
    });
    fireEvent.click(await screen.findByRole('button', { name: /Check credentials/ }));
    expect((await screen.findByRole('status')).textContent).toContain('The service accepts the registration.');
    expect(screen.getByText(/shows when an account is connected/)).toBeTruthy();
  });

  it('is offered to owners only', async () => {
    startApp('/providers', { answer: both, prepare: (world) => Object.assign(world.session, { role: 'admin' }) });
    expect(await screen.findByText(/An owner of the tenant/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: /Check credentials/ })).toBeNull();
  });
});
