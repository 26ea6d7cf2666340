import { createdSetupLinkExample, exampleId, setupLinkExample } from '@daymark/api-contract';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { page, refusal } from '../../testing/mock-api.ts';
import { only, startApp } from '../../testing/render-app.tsx';

const links = [
  setupLinkExample,
  { ...setupLinkExample, id: exampleId('setupLink', 2), email: 'bo@birch.example', status: 'used', ended_at: '2027-03-08T09:00:00Z' },
  { ...setupLinkExample, id: exampleId('setupLink', 3), email: 'cy@birch.example', provider: null, connection_id: null, status: 'expired' },
];
const listed = only('GET /v1/setup-links', () => page(links));

describe('the setup links', () => {
  it('tell whom they are for, what may be done, and how far they are', async () => {
    startApp('/setup-links', { answer: listed });
    await screen.findByText('bo@birch.example');
    const rows = screen.getAllByRole('listitem').filter((item) => item.textContent?.includes('@birch.example'));
    expect(rows).toHaveLength(3);
    for (const part of ['Open', 'anna@birch.example', 'Google Calendar', 'read and write events', 'not opened yet, works until'])
      expect(rows[0]?.textContent).toContain(part);
    expect(rows[2]?.textContent).toContain('their choice');
    expect(screen.getAllByRole('button', { name: /^Take back/ })).toHaveLength(1);
  });

  it('can be taken back while they are open', async () => {
    const app = startApp('/setup-links', { answer: listed });
    fireEvent.click(await screen.findByRole('button', { name: 'Take back the link for anna@birch.example' }));
    await screen.findByText(/The address opens nothing any more/);
    expect(app.requestsTo('DELETE', /^\/v1\/setup-links\//)[0]?.path).toBe(`/v1/setup-links/${setupLinkExample.id}`);
  });

  it('are looked for by status, in the address', async () => {
    const app = startApp('/setup-links?status=open', { answer: only('GET /v1/setup-links', () => page([])) });
    await screen.findByText('No link is open');
    expect(app.requestsTo('GET', /^\/v1\/setup-links$/)[0]?.query.getAll('status')).toEqual(['open']);
  });

  it('say what they are for when there is none', async () => {
    startApp('/setup-links', { answer: only('GET /v1/setup-links', () => page([])) });
    expect(await screen.findByText(/without an account here/)).toBeTruthy();
  });

  it('say why when they cannot be read', async () => {
    startApp('/setup-links', {
      answer: only('GET /v1/setup-links', () => refusal('forbidden-role', 'The operation needs the role admin.')),
    });
    expect((await screen.findByRole('alert')).textContent).toContain('Not allowed');
  });
});

describe('a new setup link', () => {
  it('is made for an address, and its own is shown this once', async () => {
    const app = startApp('/setup-links?make=open', { answer: listed });
    fireEvent.change(await screen.findByLabelText(/E-mail of the person/), { target: { value: ' dag@birch.example ' } });
    fireEvent.click(screen.getByLabelText('Send it by mail'));
    fireEvent.click(screen.getByRole('button', { name: 'Make the link' }));
    expect(await screen.findByDisplayValue(createdSetupLinkExample.url)).toBeTruthy();
    expect(screen.getByText(/Shown this once/)).toBeTruthy();
    const [sent] = app.requestsTo('POST', /^\/v1\/setup-links$/);
    expect(sent?.body).toEqual({ email: 'dag@birch.example', access_profile: 'read_write', expires_in_hours: 168, send_mail: false });
    expect(sent?.headers['idempotency-key']).toBeTruthy();
  });

  it('says why when it is refused, and keeps what was typed', async () => {
    startApp('/setup-links?make=open', {
      answer: only('POST /v1/setup-links', () => refusal('connection-limit', 'This tenant allows one connection.')),
    });
    fireEvent.change(await screen.findByLabelText(/E-mail of the person/), { target: { value: 'dag@birch.example' } });
    fireEvent.click(screen.getByRole('button', { name: 'Make the link' }));
    expect((await screen.findByRole('alert')).textContent).toContain('This tenant allows one connection.');
    await waitFor(() => expect(screen.getByDisplayValue('dag@birch.example')).toBeTruthy());
  });
});
