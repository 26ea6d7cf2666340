import assert from 'node:assert/strict';
import { look, settled } from '../look.ts';
import { until } from '../until.ts';
import { connectionsOf } from '../visit.ts';
import type { CalendarView, ConnectionView, ListOf, Visit } from '../visit.ts';
import { answerConsent, askForConsent, GOOGLE, OUTLOOK } from './consent.ts';
import type { Newcomer } from './newcomer.ts';
import { makeColleague } from './newcomer.ts';

const LONG = { timeout: 30_000 };

/** ADM-02: both ends of consent are pages that say what comes next. */
export async function connectAnAccount(visit: Visit, newcomer: Newcomer): Promise<ConnectionView | null> {
  const { page, checks } = visit;
  const known = (await connectionsOf(visit)).length;
  await checks.that('consent that is denied ends on a page that says so and goes on', async () => {
    await askForConsent(visit, GOOGLE);
    await answerConsent(visit, { email: newcomer.email, decision: 'deny' });
    await page.getByRole('heading', { level: 1, name: 'You cancelled' }).waitFor();
    await page.getByRole('link', { name: 'Try again' }).waitFor();
    assert.equal((await connectionsOf(visit)).length, known, 'a connection was made');
  });
  return checks.that('consent that is given ends on a page that says so and leads to the connection', async () => {
    await askForConsent(visit, GOOGLE);
    await answerConsent(visit, { email: newcomer.email, decision: 'allow' });
    return arriveAtConnection(visit, newcomer.email);
  });
}

/** The second service: over https, and with the whole of what is asked or nothing. */
export async function connectOutlook(visit: Visit): Promise<void> {
  const { page, product, checks, api } = visit;
  const colleague = await makeColleague(visit.sandbox);
  await checks.that(
    'an Outlook account is connected, and its events are in the week in the colour and with the name of Outlook',
    async () => {
      await askForConsent(visit, OUTLOOK);
      await answerConsent(visit, { email: colleague.email, decision: 'allow' });
      const { id } = await arriveAtConnection(visit, colleague.email);
      const { data } = await api.get<ListOf<CalendarView>>(`/calendars?connection_id=${id}`);
      const calendar = data.find(({ name }) => name === 'Calendar') ?? data[0];
      await page.goto(`${product.url}/events?calendar=${calendar?.id ?? ''}&view=week`);
      const block = page.getByRole('region', { name: 'Week' }).getByRole('button', { name: colleague.todayTitle }).first();
      await block.waitFor();
      assert.match((await block.getAttribute('title')) ?? '', /Outlook/);
    },
  );
}

/** From the page that consent ends on to the connection, once its calendars were read. */
async function arriveAtConnection({ page, product, api }: Visit, email: string): Promise<ConnectionView> {
  await page.getByRole('heading', { level: 1, name: 'The account is connected' }).waitFor(LONG);
  await page.waitForURL(/\/connections\/conn_/, LONG);
  await page.getByRole('heading', { level: 1, name: email }).waitFor();
  const id = page.url().split('/').at(-1) ?? '';
  await until(
    async () => {
      const { data } = await api.get<ListOf<CalendarView>>(`/calendars?connection_id=${id}`);
      return data.length > 0 && data.every(({ last_success_at: at }) => at !== null);
    },
    { what: 'the first look at its calendars', withinMs: 60_000 },
  );
  await page.goto(`${product.url}/connections/${id}`);
  await page.getByRole('region', { name: 'Calendars' }).getByRole('switch').first().waitFor();
  return api.get<ConnectionView>(`/connections/${id}`);
}

/** ADM-06: what is on the calendar is in the week and in the list. */
export async function readItsEvents(
  visit: Visit,
  { newcomer, connection }: { newcomer: Newcomer; connection: ConnectionView },
): Promise<void> {
  const { page, product, checks, api } = visit;
  const { data } = await api.get<ListOf<CalendarView>>(`/calendars?connection_id=${connection.id}`);
  const address = `${product.url}/events?calendar=${data[0]?.id ?? ''}`;
  await checks.that('its events are in the week, in the colour and with the name of their provider', async () => {
    await page.goto(`${address}&view=week`);
    const block = page.getByRole('region', { name: 'Week' }).getByRole('button', { name: newcomer.todayTitle }).first();
    await block.waitFor();
    assert.match((await block.getAttribute('title')) ?? '', /Google/);
    await block.click();
    const drawer = page.getByRole('dialog', { name: newcomer.todayTitle });
    await drawer.getByText('Google').first().waitFor();
  });
  await look(visit, 'an event that is open');
  await checks.that('Escape closes the event', async () => {
    const drawer = page.getByRole('dialog', { name: newcomer.todayTitle });
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
  });
  await checks.that('its events are in the list', async () => {
    await page.goto(`${address}&view=agenda`);
    await page.getByRole('button', { name: newcomer.todayTitle }).first().waitFor();
  });
}

/** ADM-03: the same connection goes on. */
export async function reconnectTheExpired(visit: Visit): Promise<void> {
  const { page, product, checks, api } = visit;
  await checks.that('an expired connection is reconnected and stays the same one', async () => {
    const expired = (await connectionsOf(visit)).find(({ status }) => status === 'expired');
    assert.ok(expired !== undefined, 'none is expired');
    await page.goto(`${product.url}/connections/${expired.id}`);
    await page.getByRole('region', { name: 'Diagnosis' }).getByText('What to do').waitFor();
    await page.getByRole('button', { name: 'Reconnect', exact: true }).click();
    await page.waitForURL((url) => url.origin === product.consentOrigins.google, LONG);
    assert.ok(
      await page.locator(`input[name="account"][value="${expired.account_email}"]`).isChecked(),
      'the account is not chosen beforehand',
    );
    await page.locator('button[name="decision"][value="allow"]').click();
    await page.waitForURL(/\/connections\/conn_/, LONG);
    assert.ok(page.url().includes(expired.id), 'it became another connection');
    await until(async () => (await api.get<ConnectionView>(`/connections/${expired.id}`)).status === 'active', {
      what: 'it is active',
      withinMs: 30_000,
    });
    await page.locator('.head [data-status="active"], .head [data-status="syncing"]').waitFor(LONG);
  });
}

/** ADM-03: asks first, and names what ends. */
export async function disconnect({ page, product, checks, api }: Visit, { id, account_email: email }: ConnectionView): Promise<void> {
  await checks.that('disconnecting asks first, and does nothing when it is declined', async () => {
    await page.goto(`${product.url}/connections/${id}`);
    await page.getByRole('button', { name: 'Disconnect…' }).click();
    const dialog = page.getByRole('dialog', { name: `Disconnect ${email}?` });
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.waitFor({ state: 'hidden' });
    assert.equal((await api.get<ConnectionView>(`/connections/${id}`)).status, 'active');
  });
  await checks.that('a connection that is disconnected stays in sight as revoked', async () => {
    await page.getByRole('button', { name: 'Disconnect…' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Disconnect ${email}` })
      .click();
    await page.locator('.head [data-status="revoked"]').waitFor(LONG);
    assert.equal((await api.get<ConnectionView>(`/connections/${id}`)).status, 'revoked');
    await settled(page);
  });
}
