import { setupInvitationExample } from '@daymark/api-contract';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { ok, refusal } from '../../testing/mock-api.ts';
import { only, silence, startApp } from '../../testing/render-app.tsx';

const TOKEN = 'q3X9-token';

afterEach(() => sessionStorage.clear());

const invited = (change: Partial<typeof setupInvitationExample> = {}) =>
  only('POST /v1/setup/open', () => ok({ ...setupInvitationExample, ...change }));

describe('the page of a setup link', () => {
  it('needs no session, and says who asks, for whom, and until when', async () => {
    const app = startApp(`/setup#${TOKEN}`);
    await screen.findByRole('heading', { level: 1, name: 'Let Birch use your calendar' });
    expect(screen.getByRole('main').textContent).toContain('asks for Anna Lindqvist, anna@birch.example');
    expect(screen.getByRole('main').textContent).toContain('This link works once, until');
    expect(screen.getByRole('link', { name: 'Privacy at Birch' }).getAttribute('href')).toBe('https://birch.example/privacy');
    expect(app.requests.map(({ method, path, body }) => [method, path, body])).toEqual([['POST', '/v1/setup/open', { token: TOKEN }]]);
  });

  it.each([
    ['free_busy', ['See when you are busy', 'It cannot see what your events are about', 'It cannot change anything']],
    ['read', ['See your events', 'It cannot change anything']],
    ['read_write', ['See your events', 'Add and change the meetings that it books']],
  ] as const)('tells what %s means, and what will not be seen', async (profile, expected) => {
    startApp(`/setup#${TOKEN}`, { answer: invited({ access_profile: profile }) });
    const list = await screen.findByRole('list', { name: 'What will be seen' });
    const titles = within(list)
      .getAllByRole('listitem')
      .map((item) => item.querySelector('b')?.textContent);
    expect(titles).toEqual([...expected, 'It cannot read mail, files or contacts']);
  });

  it('names each permission with its reason, as the provider will ask for it', async () => {
    startApp(`/setup#${TOKEN}`);
    const section = await screen.findByRole('region', { name: 'Google Calendar', hidden: true });
    expect(section.textContent).toContain('To find times at which you are free.');
    expect(section.textContent).toContain('https://www.googleapis.com/auth/calendar.freebusy');
  });

  it('goes to the chosen provider, and the tab remembers the link until it is done', async () => {
    const app = startApp(`/setup#${TOKEN}`);
    fireEvent.click(await screen.findByRole('button', { name: 'Continue with Google Calendar' }));
    await waitFor(() => expect(app.departures()).toEqual([expect.stringContaining('https://accounts.google.com/')]));
    expect(app.requestsTo('POST', /\/setup\/authorize$/)[0]?.body).toEqual({ token: TOKEN, provider: 'google' });
    expect(sessionStorage.getItem('daymark.setup')).toContain(TOKEN);
  });

  it('says why when the way to the provider is closed', async () => {
    startApp(`/setup#${TOKEN}`, { answer: only('POST /v1/setup/authorize', () => refusal('connection-limit', 'This tenant allows one.')) });
    fireEvent.click(await screen.findByRole('button', { name: /Continue with/ }));
    expect((await screen.findByRole('alert')).textContent).toContain('This tenant allows one.');
  });

  it.each(['setup-link-ended', 'setup-link-unknown'] as const)('says %s with what to do', async (code) => {
    startApp(`/setup#${TOKEN}`, { answer: only('POST /v1/setup/open', () => refusal(code, 'This setup link is used.')) });
    expect((await screen.findByRole('alert')).textContent).toMatch(/ask whoever sent/);
  });

  it('says that an address without its end is not complete, and asks nothing', async () => {
    const app = startApp('/setup');
    await screen.findByRole('heading', { name: 'This address is not complete' });
    expect(app.requests).toEqual([]);
  });

  it('shows a place holder meanwhile', async () => {
    startApp(`/setup#${TOKEN}`, { answer: silence });
    expect(await screen.findByRole('status', { name: 'Loading' })).toBeTruthy();
  });
});

describe('where the consent of a guest ends', () => {
  const remember = () => sessionStorage.setItem('daymark.setup', JSON.stringify({ token: TOKEN, provider: 'google' }));

  it('connected: nothing is left to do, and the tab forgets the link', async () => {
    remember();
    startApp('/setup/result?outcome=connected&connection_id=conn_1');
    await screen.findByRole('heading', { name: 'Your calendar is connected' });
    expect(screen.queryByRole('link')).toBeNull();
    expect(sessionStorage.length).toBe(0);
  });

  it('cancelled: the link still works, in this tab or from where it was sent', async () => {
    remember();
    startApp('/setup/result?outcome=denied&code=oauth-denied');
    await screen.findByRole('heading', { name: 'You cancelled' });
    expect(screen.getByRole('link', { name: 'Open the link again' }).getAttribute('href')).toBe(`/setup#${TOKEN}`);
  });

  it('approved for the organisation: says that the calendar itself is still to be connected', async () => {
    remember();
    startApp('/setup/result?outcome=approved');
    await screen.findByRole('heading', { name: 'The organisation has approved' });
    expect(screen.getByRole('link', { name: 'Open the link again' })).toBeTruthy();
  });

  it('in another tab: asks to open the link that was sent', async () => {
    startApp('/setup/result?outcome=failed&code=oauth-state-invalid');
    await screen.findByText(/open the link that was sent to you/);
  });

  it('approval needed: gives the administrator the client id and the scopes', async () => {
    remember();
    startApp('/setup/result?outcome=admin-consent&code=admin-consent-required', {
      answer: only('POST /v1/setup/authorize', () =>
        ok({ provider: 'google', authorize_url: 'https://service.example/auth?client_id=client-7&scope=openid+events', expires_at: 'x' }),
      ),
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Show what the administrator needs' }));
    await screen.findByRole('button', { name: 'Copy the text to forward' });
    expect(document.querySelector('.setup-letter-text')?.textContent).toContain('Client id:\nclient-7\nScopes:\nopenid\nevents');
  });

  it('failed: by the code; a link that has ended is not offered again', async () => {
    remember();
    startApp('/setup/result?outcome=failed&code=setup-link-ended');
    await screen.findByRole('heading', { name: 'The setup link no longer works' });
    expect(screen.queryByRole('link', { name: 'Open the link again' })).toBeNull();
  });
});
