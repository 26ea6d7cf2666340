import type { Api, Json } from './api.ts';
import type { Installation } from './installation.ts';
import { until } from './waiting.ts';

export interface Person {
  /** On the wire. */
  readonly id: string;
  readonly email: string;
  readonly connectionId: string;
}

const READ_MS = 60_000;

/** Makes users of the demo tenant and lends their calendars, as they would in a browser; each was read once. */
export async function connectPeople(installation: Installation, api: Api, names: readonly string[]): Promise<Person[]> {
  const people: Person[] = [];
  for (const name of names) {
    const email = `${name}@acme.example`;
    installation.sandbox.google.addPerson({ email, name, timeZone: 'UTC' });
    const user = await api.succeed('POST', '/v1/users', { body: { email, name, time_zone: 'UTC' } });
    const asked = await api.succeed('POST', '/v1/connections/authorize', {
      body: { provider: 'google', user_id: user.id, login_hint: email, access_profile: 'read_write' },
    });
    people.push({ id: user.id, email, connectionId: await consent(asked.data[0].authorize_url) });
  }
  for (const { email, connectionId } of people) {
    const isRead = await until(
      async () => {
        const { data } = await api.succeed('GET', `/v1/calendars?connection_id=${connectionId}`);
        return data.length > 0 && data.every((calendar: Json) => calendar.last_success_at !== null);
      },
      { withinMs: READ_MS },
    );
    if (isRead === null) throw new Error(`the calendars of ${email} were not read in time`);
  }
  return people;
}

async function consent(authorizeUrl: string): Promise<string> {
  const page = await fetch(authorizeUrl, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision: 'allow' }) });
  const back = page.headers.get('location');
  if (back === null) throw new Error(`the consent page stayed: ${page.status}`);
  const end = (await fetch(back, { redirect: 'manual' })).headers.get('location') ?? '';
  const id = new URL(end, back).searchParams.get('connection_id');
  if (id === null) throw new Error(`connecting ended at ${end}`);
  return id;
}

/** The nth working day from two weeks ahead, as a date. */
export function workingDay(index: number): string {
  const now = new Date();
  const toMonday = (8 - now.getUTCDay()) % 7 || 7;
  const days = toMonday + 14 + Math.floor(index / 5) * 7 + (index % 5);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days)).toISOString().slice(0, 10);
}
