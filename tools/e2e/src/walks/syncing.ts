import assert from 'node:assert/strict';
import { settled } from '../look.ts';
import { until } from '../until.ts';
import type { CalendarView, ConnectionView, ListOf, RunView, Visit } from '../visit.ts';
import type { Newcomer } from './newcomer.ts';

const LONG = { timeout: 45_000 };
const SLOW_MS = 2_500;

/** ADM-04: progress while it goes on, and counts that are those of the run. */
export async function syncNow(visit: Visit, { newcomer, connection }: { newcomer: Newcomer; connection: ConnectionView }): Promise<void> {
  const { page, product, checks, api, sandbox } = visit;
  const tomorrow = Temporal.Now.instant().add({ hours: 30 });
  // Else the service would tell of it, and nothing would be left to pull.
  await sandbox.post('/faults', { operation: 'push.deliver', reset: true, times: 20, match: { account: newcomer.email } });
  await sandbox.post('/google/edit', {
    action: 'create',
    as: newcomer.email,
    event: { summary: 'Concert', start: { dateTime: tomorrow.toString() }, end: { dateTime: tomorrow.add({ hours: 1 }).toString() } },
  });
  await sandbox.post('/faults', { operation: 'events.list', slowMs: SLOW_MS, times: 1, match: { account: newcomer.email } });
  await page.goto(`${product.url}/connections/${connection.id}`);
  await settled(page);
  const progress = page.getByRole('region', { name: `Sync of ${newcomer.email}` });

  const started = await checks.that('Sync now shows its progress while it goes on, and the state syncing by icon and word', async () => {
    const answer = page.waitForResponse((response) => response.url().endsWith('/v1/sync/runs') && response.request().method() === 'POST');
    await page.getByRole('button', { name: 'Sync now' }).click();
    const { data } = (await (await answer).json()) as ListOf<RunView>;
    assert.ok(data.length > 0, 'no run was started');
    await progress.getByText(/goes on: \d+ of \d+ calendar/).waitFor();
    const chip = page.locator('.head [data-status="syncing"]');
    await chip.waitFor(LONG);
    assert.equal((await chip.innerText()).trim(), 'Syncing');
    assert.ok(await chip.locator('svg').isVisible());
    return data;
  });
  await checks.that('reduced motion is respected: nothing turns while it syncs, and it does when motion is wanted', async () => {
    assert.equal(await turning(visit), 0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    const moving = await turning(visit);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    assert.ok(moving > 0, 'nothing turned at all');
  });
  await checks.that('the counts at its end are those of the run records', async () => {
    const end = progress.getByText(/ended: .* pulled, .* pushed/);
    await end.waitFor(LONG);
    const shown = /ended: ([\d,]+) pulled, ([\d,]+) pushed/.exec(await end.innerText());
    const runs = await Promise.all((started ?? []).map(({ id }) => api.get<RunView>(`/sync/runs/${id}`)));
    const sum = (part: 'pulled' | 'pushed') => runs.reduce((total, { counts }) => total + counts[part], 0);
    assert.deepEqual([Number(shown?.[1]), Number(shown?.[2])], [sum('pulled'), sum('pushed')]);
    assert.ok(sum('pulled') > 0, 'the new event was not pulled');
    const row = page.getByRole('region', { name: 'Runs', exact: true }).locator('tbody tr').first();
    await row.getByText('by hand').first().waitFor();
  });
}

function turning({ page }: Visit): Promise<number> {
  return page.evaluate(
    () => document.getAnimations().filter((one) => one.playState === 'running' && one.effect?.getTiming().iterations === Infinity).length,
  );
}

/** ADM-04: for all at once. */
export async function syncAll({ page, product, checks }: Visit): Promise<void> {
  await checks.that('Sync all now goes over every calendar and says how it ended', async () => {
    await page.goto(`${product.url}/connections`);
    await settled(page);
    await page.getByRole('button', { name: 'Sync all now' }).click();
    await page
      .getByRole('region', { name: 'Sync of all connections' })
      .getByText(/ended: .* pulled, .* pushed/)
      .waitFor({ timeout: 60_000 });
  });
}

export async function runChecks({ page, product, checks }: Visit, { id }: ConnectionView): Promise<void> {
  await checks.that('the checks of a connection run on demand, and each says how it went', async () => {
    await page.goto(`${product.url}/connections/${id}`);
    await page.getByRole('button', { name: 'Run checks' }).click();
    const panel = page.getByRole('region', { name: 'Checks' });
    for (const check of ['Token refresh', 'Scopes', 'List calendars', 'Busy times', 'Write']) {
      await panel.locator('.check').filter({ hasText: check }).getByLabel('passed').first().waitFor();
    }
  });
}

/** ADM-03: limits are told before anything is sent. */
export async function editSettings({ page, product, checks, api }: Visit, { id }: ConnectionView): Promise<void> {
  const changes: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH' && request.url().endsWith(`/v1/connections/${id}`)) changes.push(request.postData() ?? '');
  });
  const save = page.getByRole('button', { name: 'Save settings' });
  const field = page.getByLabel('Days ahead');
  await checks.that('a window of 6 days is refused at the field, and nothing is sent', async () => {
    await page.goto(`${product.url}/connections/${id}`);
    await field.fill('6');
    await save.click();
    await page.getByText(/7/).and(page.locator('[id$=-error]')).waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.deepEqual(changes, []);
  });
  await checks.that('a window of 30 days is saved', async () => {
    await field.fill('30');
    await save.click();
    await page.getByText('Saved. It takes effect with the next run.').waitFor();
    assert.equal(changes.length, 1);
    assert.equal((await api.get<ConnectionView>(`/connections/${id}`)).sync.future_days, 30);
    await page.reload();
    await settled(page);
    assert.equal(await field.inputValue(), '30');
  });
}

/** Whether the provider tells of changes is a choice, and its state is said beside it. */
export async function switchPush({ page, product, checks, api }: Visit, { id }: ConnectionView): Promise<void> {
  const toggle = page.getByRole('switch', { name: 'Let the provider tell of changes' });
  const choose = async (): Promise<void> => {
    await toggle.focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Save settings' }).click();
    await page.getByText('Saved. It takes effect with the next run.').first().waitFor();
  };
  const stateIs = (state: string): Promise<boolean> =>
    until(async () => (await api.get<ConnectionView>(`/connections/${id}`)).push.state === state, {
      what: `push is ${state}`,
      withinMs: 30_000,
    });
  await checks.that('a provider that is not to tell of changes does not, and the page says so', async () => {
    await page.goto(`${product.url}/connections/${id}`);
    await page.getByText(/^The provider tells of/).waitFor(LONG);
    assert.ok(await toggle.isChecked());
    await choose();
    await stateIs('off');
    await page.getByText('Changes are looked for; the provider does not tell of them.').waitFor(LONG);
  });
  await checks.that('and tells of them again once it is wanted', async () => {
    await page.reload();
    await settled(page);
    assert.ok(!(await toggle.isChecked()));
    await choose();
    await stateIs('on');
    await page.getByText(/^The provider tells of/).waitFor(LONG);
  });
}

/** A calendar that does not block time changes what is free. */
export async function toggleBusy(
  visit: Visit,
  { newcomer, connection }: { newcomer: Newcomer; connection: ConnectionView },
): Promise<void> {
  const { page, product, checks, api, sandbox } = visit;
  const slotsOf = async (day: Temporal.PlainDate): Promise<readonly string[]> => {
    const at = (date: Temporal.PlainDate) => date.toZonedDateTime('UTC').toInstant().toString();
    const window = { start: at(day), end: at(day.add({ days: 1 })) };
    const { data } = await api.post<ListOf<{ start: string }>>('/availability/slots', { window, duration_minutes: 30, limit: 200 });
    return data.map(({ start }) => new Date(start).toISOString());
  };
  const firstDay = Temporal.Now.plainDateISO('UTC').add({ days: 2 });
  const { data: calendars } = await api.get<ListOf<CalendarView>>(`/calendars?connection_id=${connection.id}`);
  const calendar = calendars[0];

  const slot = await checks.that('an event of the new account takes a time that was free', async () => {
    const free = await until(
      async () => {
        for (let days = 0; days < 5; days += 1) {
          const [, middle] = await slotsOf(firstDay.add({ days }));
          if (middle !== undefined) return middle;
        }
        return null;
      },
      { what: 'a free time', withinMs: 20_000, everyMs: 1_000 },
    );
    const end = new Date(Date.parse(free) + 30 * 60_000).toISOString();
    await sandbox.post('/google/edit', {
      action: 'create',
      as: newcomer.email,
      event: { summary: 'Dentist', start: { dateTime: free }, end: { dateTime: end } },
    });
    await api.post('/sync/runs', { scope: 'connection', connection_id: connection.id, mode: 'incremental' });
    await until(async () => !(await slotsOf(Temporal.PlainDate.from(free.slice(0, 10)))).includes(free), {
      what: 'it is not free any more',
      withinMs: 40_000,
      everyMs: 500,
    });
    return free;
  });
  if (slot === null || calendar === undefined) return;
  const day = Temporal.PlainDate.from(slot.slice(0, 10));
  const isOffered = async (): Promise<boolean> => {
    await page.goto(`${product.url}/schedule?date=${day.toString()}`);
    await page.getByRole('region', { name: 'Free times' }).locator('[data-start], .notice').first().waitFor();
    const starts = await page
      .locator('[data-start]')
      .evaluateAll((all) => all.map((one) => new Date(one.getAttribute('data-start') ?? 0).toISOString()));
    return starts.includes(slot);
  };
  await checks.that('a calendar that no longer blocks time frees it again, in the scheduling assistant too', async () => {
    assert.equal(await isOffered(), false, 'it was offered before');
    await page.goto(`${product.url}/connections/${connection.id}`);
    const toggle = page.getByRole('switch', { name: `${calendar.name}: blocks time` });
    await toggle.waitFor();
    assert.ok(await toggle.isChecked());
    await toggle.focus();
    await page.keyboard.press('Space');
    await until(async () => !(await api.get<CalendarView>(`/calendars/${calendar.id}`)).read_busy, {
      what: 'the change is stored',
      withinMs: 15_000,
    });
    assert.equal(await isOffered(), true, 'it is not offered');
  });
}
