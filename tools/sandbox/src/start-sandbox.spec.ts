import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from './start-sandbox.ts';
import { googleCaller, meeting } from './testing/google-caller.ts';
import { graphCaller, meeting as graphMeeting, repeating } from './testing/graph-caller.ts';
import { MICROSOFT_CLIENT } from './testing/microsoft-world.ts';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'daymark-sandbox-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const CLIENT = { id: 'client-1', secrets: ['secret-1'], redirectUris: ['http://127.0.0.1:9/callback'] };

describe('a restart', () => {
  it('keeps ports, tokens, events, sync tokens, keys and clock shift', async () => {
    const first = await startSandbox({ dataDir, clients: [CLIENT] });
    first.google.addPerson({ email: 'ada@acme.example' });
    const tokens = first.google.connect('ada@acme.example');
    const call = googleCaller(first, tokens.accessToken);
    await call('POST', 'calendars/primary/events', {
      body: meeting('2026-11-23', '10:00', { id: 'event0001', recurrence: ['RRULE:FREQ=DAILY;COUNT=3'], location: 'Room' }),
    });
    await call('PATCH', 'calendars/primary/events/event0001_20261124T090000Z', { body: { location: null } });
    const { body } = await call('GET', 'calendars/primary/events');
    const keys = await (await fetch(`${first.googleUrl}/oauth2/v3/certs`)).text();
    first.clock.advance(5000);
    await first.close();

    const second = await startSandbox({ dataDir });
    const again = googleCaller(second, tokens.accessToken);
    const list = await again('GET', `calendars/primary/events?syncToken=${body.nextSyncToken}`);
    expect([list.status, list.body.items]).toEqual([200, []]);
    expect((await again('GET', 'calendars/primary/events/event0001_20261124T090000Z')).body.location).toBeUndefined();
    expect(await (await fetch(`${second.googleUrl}/oauth2/v3/certs`)).text()).toBe(keys);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken, client_id: 'client-1', client_secret: 'secret-1' };
    expect((await fetch(`${second.googleUrl}/token`, { method: 'POST', body: new URLSearchParams(form) })).status).toBe(200);
    expect(second.clock.offsetMs()).toBe(5000);
    await second.close();
  });

  it('keeps Microsoft’s tokens, series, delta links, subscriptions and keys over a restart', async () => {
    const first = await startSandbox({ dataDir, microsoftClients: [MICROSOFT_CLIENT] });
    first.microsoft.addPerson({ email: 'ada@acme.example' });
    const tokens = first.microsoft.connect('ada@acme.example');
    const port = Number(new URL(first.microsoftUrl).port);
    const series = graphMeeting('2026-11-23', '10:00', repeating('2026-11-23', { count: 3 }));
    const made = first.microsoft.createEvent({ as: 'ada@acme.example' }, series);
    const window = 'me/calendarView/delta?startDateTime=2026-11-20&endDateTime=2026-12-01';
    const { body } = await graphCaller(first, tokens.accessToken)('GET', window);
    first.microsoft.deleteEvent({ as: 'ada@acme.example' }, body.value?.[2]?.id ?? '');
    const keys = await (await fetch(`${first.microsoftUrl}/common/discovery/v2.0/keys`)).text();
    await first.close();

    const second = await startSandbox({ dataDir, microsoftPort: port });
    const call = graphCaller(second, tokens.accessToken);
    const { body: changes } = await call('GET', body['@odata.deltaLink'] ?? '');
    expect(changes.value?.map(({ id }) => id)).toEqual([body.value?.[2]?.id]);
    expect(second.microsoft.instances(second.microsoft.defaultCalendar('ada@acme.example'), made.id)).toHaveLength(2);
    expect(await (await fetch(`${second.microsoftUrl}/common/discovery/v2.0/keys`)).text()).toBe(keys);
    const form = {
      grant_type: 'refresh_token',
      refresh_token: tokens.refreshToken,
      client_id: MICROSOFT_CLIENT.id,
      client_secret: 'secret-1',
    };
    const refreshed = await fetch(`${second.microsoftUrl}/common/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) });
    expect(refreshed.status).toBe(200);
    await second.close();
  });

  it('keeps what an interrupted save had not replaced, in a file for the owner only', async () => {
    const sandbox = await startSandbox({ dataDir });
    sandbox.google.addPerson({ email: 'ada@acme.example' });
    await sandbox.flush();
    const file = join(dataDir, 'sandbox-state.json');
    expect(readFileSync(file, 'utf8')).toContain('ada@acme.example');
    expect(statSync(file).mode & 0o077).toBe(0);
    await sandbox.close();
  });
});

describe('the program', () => {
  it('prints its URLs when ready, listens on consecutive ports and saves on SIGTERM', async () => {
    const port = await freePort();
    const client = ['--client-id', 'client-1', '--client-secret', 'secret-1', '--redirect-uri', 'http://127.0.0.1:9/callback', '--demo'];
    const { child, output } = run(['--json', '--port', String(port), '--data', dataDir, '--microsoft-tls', ...client]);
    const [line] = (await once(output, 'line')) as [string];
    expect(JSON.parse(line)).toEqual({
      googleUrl: `http://127.0.0.1:${port}`,
      microsoftUrl: `https://127.0.0.1:${port + 3}`,
      smtpPort: port + 1,
      controlUrl: `http://127.0.0.1:${port + 2}`,
      mailUrl: `http://127.0.0.1:${port + 2}/mail`,
      caFile: join(dataDir, 'sandbox-ca.pem'),
    });
    await fetch(`http://127.0.0.1:${port + 2}/control/google/seed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ people: [{ email: 'zoe@new.example' }] }),
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(readFileSync(join(dataDir, 'sandbox-state.json'), 'utf8')).toContain('zoe@new.example');
  });

  it('says in words what is where, and puts the certificate to trust aside until its end', async () => {
    const port = await freePort();
    const { child, output } = run(['--port', String(port), '--microsoft-tls']);
    const lines: string[] = [];
    for await (const [line] of on(output, 'line') as AsyncIterable<[string]>) {
      lines.push(line);
      if (line.includes('Ctrl-C')) break;
    }
    const text = lines.join('\n');
    for (const place of [
      `http://127.0.0.1:${port}/calendar/v3/`,
      `https://127.0.0.1:${port + 3}/v1.0/`,
      `127.0.0.1:${port + 1}`,
      '/control',
    ])
      expect(text).toContain(place);
    const caFile = /trust (\S+),/.exec(text)?.[1] ?? '';
    expect(readFileSync(caFile, 'utf8')).toContain('BEGIN CERTIFICATE');
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(existsSync(caFile)).toBe(false);
  });
});

function run(args: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=@daymark/source', join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, output: createInterface(child.stdout) };
}

/** Free a moment ago, as are most likely those after it. */
async function freePort(): Promise<number> {
  const probe = await startSandbox();
  await probe.close();
  return Number(new URL(probe.googleUrl).port);
}
