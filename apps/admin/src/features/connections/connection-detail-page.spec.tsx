import { connectionExample, type Connection } from '@daymark/api-contract';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok, refusal } from '../../testing/mock-api.ts';
import type { Running, StartOptions } from '../../testing/render-app.tsx';
import { only, silence, startApp } from '../../testing/render-app.tsx';
import { issueOf, worldAt } from '../../testing/fixtures.ts';

const idOf = (status: string): string => worldAt(0).connections.find((one) => one.status === status)?.id ?? '';
const open = (status: string, options?: StartOptions): Running => startApp(`/connections/${idOf(status)}`, options);

describe('the page of a connection', () => {
  it('explains an expired one: what happened, likely cause, what to do, who, what still works', async () => {
    const app = open('expired');
    const card = await screen.findByRole('region', { name: 'Diagnosis' });
    const terms = within(card)
      .getAllByRole('term')
      .map((term) => term.textContent);
    expect(terms).toEqual(['What happened', 'Likely cause', 'What to do', 'Who', 'Still works', 'Code']);
    expect(card.textContent).toContain('Microsoft refused to renew access.');
    expect(card.textContent).toContain('The owner of the account');
    fireEvent.click(screen.getByRole('button', { name: 'Reconnect' }));
    await waitFor(() => expect(app.departures()).toHaveLength(1));
  });

  it('says of a pending one what it waits for, and offers to connect here or to stop waiting', async () => {
    const app = open('pending');
    const panel = await screen.findByRole('region', { name: 'Waits for consent' });
    expect(within(panel).getByRole('link', { name: 'setup link' }).getAttribute('href')).toBe('/setup-links');
    expect(screen.getByRole('button', { name: 'Connect on this device' })).toBeTruthy();
    for (const absent of ['Checks', 'Facts', 'Disconnect']) expect(screen.queryByRole('region', { name: absent })).toBeNull();
    fireEvent.click(within(panel).getByRole('button', { name: 'Stop waiting' }));
    await waitFor(() => expect(app.requestsTo('DELETE', /^\/v1\/connections\//)).toHaveLength(1));
  });

  it('gives a text to forward where the organisation must allow the app', async () => {
    const issue = { ...issueOf('admin-consent-required', 'The service refused.', '2027-03-07T09:00:00Z'), count: 1 };
    const connection = { ...worldAt(0).connections[0]!, status: 'error', last_error: issue };
    const url = 'https://service.example/auth?client_id=client-7&scope=openid';
    startApp(`/connections/${connection.id}`, {
      answer: ({ method, path }) => {
        if (path !== `/v1/connections/${connection.id}` && !path.endsWith('/reauthorize')) return undefined;
        return ok(
          method === 'GET'
            ? connection
            : { provider: connection.provider, authorize_url: url, admin_consent_url: null, expires_at: issue.first_seen_at, state: 'x' },
        );
      },
    });
    const card = await screen.findByRole('region', { name: 'Diagnosis' });
    expect(card.textContent).toContain('The administrator of the organisation at the calendar service');
    fireEvent.click(within(card).getByRole('button', { name: 'Show what the administrator needs' }));
    await within(card).findByRole('button', { name: 'Copy the text to forward' });
    expect(card.querySelector('.letter')?.textContent).toContain('client id:\nclient-7\nScopes:\nopenid');
  });

  it('shows no diagnosis where nothing is broken', async () => {
    open('paused');
    await screen.findByRole('heading', { level: 1, name: 'room.elbe@acme.example' });
    expect(screen.queryByRole('region', { name: 'Diagnosis' })).toBeNull();
  });

  it('says of an expired one that checks need a sign-in first', async () => {
    open('expired');
    const panel = await screen.findByRole('region', { name: 'Checks' });
    expect(panel.textContent).toContain('Reconnect first');
    expect(within(panel).queryByRole('button')).toBeNull();
  });

  it('runs the checks and shows where they stop', async () => {
    open('error');
    fireEvent.click(await screen.findByRole('button', { name: 'Run checks' }));
    const panel = screen.getByRole('region', { name: 'Checks' });
    expect(await within(panel).findByLabelText('failed')).toBeTruthy();
    expect(within(panel).getAllByLabelText('not reached')).toHaveLength(4);
    expect(panel.textContent).toContain('Refused: invalid_grant.');
  });

  it('lists runs with their counts, and only the failed ones by the address', async () => {
    const app = open('expired');
    const panel = await screen.findByRole('region', { name: 'Runs' });
    await within(panel).findAllByText('Good');
    fireEvent.click(within(panel).getByRole('link', { name: 'Failed only' }));
    await waitFor(() => expect(within(panel).queryByText('Good')).toBeNull());
    expect(app.address()).toContain('runs=failed');
  });

  it.each([
    ['Days back', '6', 'This is less than 7.'],
    ['Days ahead', '731', 'This is more than 730.'],
    ['Look for changes every (minutes)', '0', 'This is less than 1.'],
  ])('refuses %s %s at the field, without asking the server', async (label, value, message) => {
    const app = open('active');
    fireEvent.change(await screen.findByRole('textbox', { name: label }), { target: { value } });
    fireEvent.click(screen.getByRole('button', { name: 'Save settings' }));
    expect(await screen.findByText(message)).toBeTruthy();
    expect(app.requestsTo('PATCH', /connections/)).toHaveLength(0);
  });

  it('shows a saved setting at once, and takes it back with cause and fix when the server refuses', async () => {
    let refuse: (() => void) | undefined;
    open('active', {
      answer: ({ method, path }) =>
        method === 'PATCH' && path.startsWith('/v1/connections')
          ? new Promise((resolve) => {
              refuse = () => resolve(refusal('connection-not-active', 'It expired a moment ago.'));
            })
          : undefined,
    });
    await screen.findByRole('heading', { level: 1, name: 'eleni.papadaki@acme.example' });
    fireEvent.click(screen.getByRole('switch', { name: /Automatic sync/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Save settings' }));
    await waitFor(() => expect(document.querySelector('[data-status="paused"]')).not.toBeNull());
    await waitFor(() => expect(refuse).toBeDefined());
    refuse?.();
    await waitFor(() => expect(document.querySelector('[data-status="paused"]')).toBeNull());
    expect(document.querySelector('.head [data-status="active"]')).not.toBeNull();
    expect(screen.getByRole<HTMLInputElement>('switch', { name: /Automatic sync/ }).checked).toBe(true);
    expect(await screen.findByText(/Not saved/)).toBeTruthy();
  });

  it.each<[string, Partial<Connection['push']>, string[]]>([
    ['on', {}, ['The provider tells of 3 calendars', 'renewed by itself before']],
    ['on for some', { calendars_on: 2 }, ['The provider tells of 2 of 3 calendars']],
    ['being asked for', { state: 'starting', expires_at: null }, ['is being asked']],
    ['off', { state: 'off', expires_at: null }, ['does not tell of them']],
    [
      'impossible',
      { state: 'unavailable', expires_at: null, reason: issueOf('push-unreachable', 'Nobody reaches us.', '2027-03-07T09:00:00Z') },
      ['Not possible now: Nobody reaches us.', 'DAYMARK_PUBLIC_URL'],
    ],
  ])('says when notices of the provider are %s', async (_, push, words) => {
    const connection = { ...worldAt(0).connections[0]!, status: 'active', push: { ...connectionExample.push, ...push } };
    startApp(`/connections/${connection.id}`, {
      answer: ({ method, path }) => (method === 'GET' && path === `/v1/connections/${connection.id}` ? ok(connection) : undefined),
    });
    const toggle = await screen.findByRole('switch', { name: /Let the provider tell of changes/ });
    for (const word of words) expect(toggle.closest('form')?.textContent).toContain(word);
  });

  it('switches the notices of the provider off', async () => {
    const app = open('active');
    fireEvent.click(await screen.findByRole('switch', { name: /Let the provider tell of changes/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Save settings' }));
    await waitFor(() => expect(app.requestsTo('PATCH', /connections/)).toHaveLength(1));
    expect(app.requestsTo('PATCH', /connections/)[0]?.body['sync']).toMatchObject({ push: 'off' });
  });

  it('saves with the version that was seen', async () => {
    const app = open('active');
    fireEvent.change(await screen.findByRole('textbox', { name: 'Days ahead' }), { target: { value: '90' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save settings' }));
    await waitFor(() => expect(app.requestsTo('PATCH', /connections/)).toHaveLength(1));
    const [request] = app.requestsTo('PATCH', /connections/);
    expect(request?.headers['if-match']).toBe('"7"');
    expect(request?.body['sync']).toMatchObject({ future_days: 90 });
    expect(await screen.findByText(/Saved\./)).toBeTruthy();
  });

  it('switches a calendar off at once, and back on when the server refuses', async () => {
    open('expired', { answer: ({ method }) => (method === 'PATCH' ? refusal('calendar-removed', 'It is gone.') : undefined) });
    const [toggle] = await screen.findAllByRole<HTMLInputElement>('switch', { name: /: blocks time/ });
    fireEvent.click(toggle!);
    expect(await screen.findByText(/Not changed/)).toBeTruthy();
    await waitFor(() => expect(screen.getAllByRole<HTMLInputElement>('switch', { name: /: blocks time/ })[0]?.checked).toBe(true));
  });

  it('asks before disconnecting, naming the account and what ends', async () => {
    const app = open('paused');
    fireEvent.click(await screen.findByRole('button', { name: 'Disconnect…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Disconnect room.elbe@acme.example?' });
    expect(dialog.textContent).toContain('1 calendar will no longer be read or written');
    expect(app.requestsTo('DELETE', /connections/)).toHaveLength(0);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Disconnect room.elbe@acme.example' }));
    await waitFor(() => expect(app.requestsTo('DELETE', /connections/)).toHaveLength(1));
    await waitFor(() => expect(document.querySelector('.head [data-status="revoked"]')).not.toBeNull());
  });

  it('names its kind and the way back while it is read', async () => {
    startApp('/connections/conn_slow', { answer: only('GET /v1/connections/conn_slow', silence) });
    expect(await screen.findByRole('heading', { level: 1, name: 'Connection' })).toBeTruthy();
    expect(screen.getByRole('status', { name: 'Loading' })).toBeTruthy();
    const way = within(screen.getByRole('navigation', { name: 'Breadcrumb' })).getByRole('link', { name: 'Connections' });
    expect(way.getAttribute('href')).toBe('/connections');
  });

  it('says so when there is no such connection', async () => {
    startApp('/connections/conn_unknown');
    expect((await screen.findByRole('alert')).textContent).toContain('There is no such thing.');
  });
});
