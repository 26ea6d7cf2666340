import { connectionStatuses } from '@daymark/domain';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { FakeEventSource } from '../../testing/fake-event-source.ts';
import { refusal } from '../../testing/mock-api.ts';
import { only, silence, startApp } from '../../testing/render-app.tsx';

const rowOf = (name: string): HTMLElement => {
  const [link] = screen.getAllByRole('link', { name });
  return link?.closest('tr') as HTMLElement;
};

describe('the list of connections', () => {
  it.each(connectionStatuses)('shows status %s by colour, icon and word', async (status) => {
    startApp('/connections', {
      prepare: (world) => world.connections.splice(0, 99, { ...world.connections[0]!, status, last_error: null, running_run_id: null }),
    });
    await screen.findByRole('link', { name: 'leo.brandt@acme.example' });
    const chip = rowOf('leo.brandt@acme.example').querySelector(`[data-status="${status}"]`);
    expect(chip?.textContent?.toLowerCase()).toBe(status);
    expect(chip?.querySelector('svg')).not.toBeNull();
    expect(chip?.getAttribute('style')).toContain(`--dm-status-${status}`);
  });

  it('counts in All what it lists, with those that were disconnected', async () => {
    const { world } = startApp('/connections');
    const views = await screen.findByRole('navigation', { name: 'Views' });
    expect(world.connections.some(({ status }) => status === 'revoked')).toBe(true);
    expect(await within(views).findByRole('link', { name: `All ${world.connections.length}` })).toBeTruthy();
    expect(screen.getByText(`${world.connections.length - 1} connections`)).toBeTruthy();
  });

  it('shows a run that goes on over the status', async () => {
    startApp('/connections');
    await screen.findByRole('link', { name: 'yuki.tanabe@acme.example' });
    expect(rowOf('yuki.tanabe@acme.example').textContent).toContain('Syncing');
  });

  it('says under a broken row what happened and what to do', async () => {
    const app = startApp('/connections');
    const reason = (await screen.findByText('Microsoft refused to renew access.')).closest('tr');
    expect(reason?.textContent).toContain('Reconnect the account; calendars, settings and meetings are kept.');
    fireEvent.click(within(reason!).getByRole('button', { name: 'Reconnect leo.brandt@acme.example' }));
    await waitFor(() => expect(app.departures()).toEqual([expect.stringContaining('https://accounts.')]));
  });

  it('says of what heals by itself that nothing is to be done, and when it is tried again', async () => {
    startApp('/connections');
    const reason = (await screen.findByText('Google asks us to slow down.')).closest('tr');
    expect(reason?.textContent).toMatch(/Recovers by itself, next try/);
    expect(within(reason!).queryByRole('button')).toBeNull();
    expect(reason?.textContent).toMatch(/rate limited until/);
  });

  it('counts and lists an active connection that lacks a permission among those that need action, and says why', async () => {
    startApp('/connections?view=needs-action', {
      prepare: (world) => {
        const lacking = world.connections.find((one) => one.account_email === 'ada.example@acme.example')!;
        lacking.conditions = [{ condition: 'scope-missing', text: 'Not permitted: see busy times.', until: null }];
        const [known] = world.overview.needs_you;
        world.overview.needs_you.push({
          ...known!,
          id: `connection:${lacking.id}`,
          subject: { type: 'connection', id: lacking.id, label: 'ada.example@acme.example' },
          code: 'scope-missing',
          message: 'Not permitted: see busy times',
          fix: 'Reconnect the account and leave all permissions ticked.',
        });
      },
    });
    const reason = (await screen.findByText('Not permitted: see busy times.')).closest('tr');
    expect(reason?.textContent).toContain('leave all permissions ticked');
    expect(within(reason!).getByRole('button', { name: 'Reconnect ada.example@acme.example' })).toBeTruthy();
    expect(rowOf('ada.example@acme.example').textContent).toContain('Active');
    expect((await screen.findByRole('link', { name: /^Needs action/ })).textContent).toMatch(/3$/);
  });

  it('names the provider and its owner beside the colour', async () => {
    startApp('/connections');
    await screen.findByRole('link', { name: 'leo.brandt@acme.example' });
    await waitFor(() => expect(rowOf('leo.brandt@acme.example').textContent).toContain('Outlook'));
    expect(rowOf('leo.brandt@acme.example').textContent).toContain('Leo Brandt');
    expect(rowOf('leo.brandt@acme.example').getAttribute('style')).toContain('#0f6cbd');
  });

  it('keeps filters in the address and asks the server for them', async () => {
    const app = startApp('/connections?view=needs-action');
    await screen.findByText('Microsoft refused to renew access.');
    const asked = app.requestsTo('GET', /^\/v1\/connections$/).map(({ query }) => query.getAll('status'));
    expect(asked).toContainEqual(['expired', 'error']);
    const box = screen.getByRole<HTMLInputElement>('searchbox', { name: 'Find by address or label' });
    box.focus();
    fireEvent.change(box, { target: { value: 'nobody' } });
    expect(await screen.findByText('No connection matches')).toBeTruthy();
    expect(app.address()).toContain('q=nobody');
    expect(document.activeElement).toBe(screen.getByRole('searchbox'));
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filters' }));
    await screen.findByRole('link', { name: 'leo.brandt@acme.example' });
    expect(app.address()).toBe('/connections');
    expect(box.value).toBe('');
  });

  it('syncs all, shows the progress of the streams and ends with the counts of the runs', async () => {
    const app = startApp('/connections', { prepare: (world) => world.calendars.splice(2) });
    fireEvent.click(await screen.findByRole('button', { name: 'Sync all now' }));
    const panel = await screen.findByRole('region', { name: 'Sync of all connections' });
    const runs = app.world.runs.filter((run) => run.state === 'queued');
    expect(runs).toHaveLength(2);
    await waitFor(() => expect(FakeEventSource.of(runs[0]!.id)).toBeDefined());
    const counts = { ...runs[0]!.counts, pulled: 12, pushed: 1 };
    act(() => FakeEventSource.of(runs[0]!.id)?.send({ ...runs[0]!, state: 'running', counts }));
    expect(panel.textContent).toContain('12 pulled, 1 pushed');
    act(() => FakeEventSource.of(runs[0]!.id)?.send({ ...runs[0]!, state: 'succeeded', counts: { ...counts, pulled: 20 } }));
    act(() => FakeEventSource.of(runs[1]!.id)?.send({ ...runs[1]!, state: 'succeeded', counts: { ...counts, pulled: 1, pushed: 0 } }));
    await waitFor(() => expect(within(panel).getByRole('status').textContent).toContain('ended: 21 pulled, 1 pushed.'));
    expect(FakeEventSource.open.size).toBe(0);
  });

  it('says why a sync did not start', async () => {
    startApp('/connections', {
      answer: only('POST /v1/sync/runs', () => refusal('internal', 'No queue.')),
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Sync all now' }));
    expect(await screen.findByText(/Sync did not start/)).toBeTruthy();
  });

  it('connects with the chosen access, and says why a provider cannot be used', async () => {
    const app = startApp('/connections?connect=open');
    const dialog = await screen.findByRole('dialog', { name: 'Connect an account' });
    expect(await within(dialog).findByText('OUTLOOK_CLIENT_ID is not set.')).toBeTruthy();
    fireEvent.click(within(dialog).getByRole('radio', { name: /Busy times only/ }));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Connect Google Calendar' }));
    await waitFor(() => expect(app.departures()).toHaveLength(1));
    const [request] = app.requestsTo('POST', /authorize$/);
    expect(request?.body).toEqual({ provider: 'google', access_profile: 'free_busy' });
    expect(request?.headers['x-csrf-token']).toBe('f3b1c0');
    expect(request?.headers['idempotency-key']).toMatch(/.{16,}/);
  });

  it('offers to connect when there is nothing', async () => {
    startApp('/connections', { prepare: (world) => world.connections.splice(0) });
    expect(await screen.findByText('No account is connected yet')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Connect an account' })).toBeTruthy();
  });

  it('keeps the page while the list loads, and shows cause and fix in its panel when it fails', async () => {
    startApp('/connections', { answer: only('GET /v1/connections', silence) });
    const panel = await screen.findByRole('region', { name: 'Connections' });
    expect(within(panel).getByRole('status', { name: 'Loading' })).toBeTruthy();
  });

  it('shows cause, fix and reference when the list fails', async () => {
    startApp('/connections', { answer: only('GET /v1/connections', () => refusal('internal', 'No list.')) });
    const panel = await screen.findByRole('region', { name: 'Connections' });
    expect((await within(panel).findByRole('alert')).textContent).toContain('No list.');
  });
});
