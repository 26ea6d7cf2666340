import assert from 'node:assert/strict';
import { NARROW, WIDE } from '../browser.ts';
import { look, settled } from '../look.ts';
import { until } from '../until.ts';
import type { ListOf, MeetingView, Visit } from '../visit.ts';
import { pressUntilFocused } from './keyboard.ts';

const TITLE = 'Booked without a mouse';
const LONG = { timeout: 30_000 };

/** ADM-07: from the page load to the booked panel, with keys only. */
export async function bookByKeyboard(visit: Visit): Promise<MeetingView | null> {
  const { page, product, checks, api } = visit;
  const booked = await checks.that('a meeting is booked by keyboard alone', async () => {
    await page.goto(`${product.url}/schedule?date=${Temporal.Now.plainDateISO('UTC').add({ days: 3 }).toString()}`);
    await page.locator('[data-start]').first().waitFor();
    await pressUntilFocused(page, 'Tab', (focus) => focus.label === 'Title');
    await page.keyboard.type(TITLE);
    await pressUntilFocused(page, 'Tab', (focus) => focus.label === 'Attendees');
    await page.keyboard.type('guest@customer.example');
    await pressUntilFocused(page, 'Tab', (focus) => focus.label === 'What to read');
    await page.keyboard.type('Agenda');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Three points, half an hour');
    await pressUntilFocused(page, 'Tab', (focus) => focus.text === 'Add preparation');
    await page.keyboard.press('Enter');
    await pressUntilFocused(page, 'Tab', (focus) => focus.start !== null);
    await page.keyboard.press('ArrowRight');
    const chosen = await page.evaluate(() => document.activeElement?.getAttribute('data-start') ?? null);
    await page.keyboard.press('Enter');
    await page.getByText('Everyone is free.').waitFor(LONG);
    await pressUntilFocused(page, 'Tab', (focus) => /^Book /.test(focus.text));
    const answer = page.waitForResponse((response) => response.url().endsWith('/v1/meetings') && response.request().method() === 'POST');
    await page.keyboard.press('Enter');
    const meeting = (await (await answer).json()) as MeetingView;
    await page.getByRole('region', { name: 'Booked' }).getByRole('heading', { name: TITLE }).waitFor();
    assert.equal(Date.parse(meeting.start), Date.parse(chosen ?? ''), 'it is at another time than was chosen');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), TITLE, 'the focus was not moved to what was booked');
    return meeting;
  });
  if (booked === null) return null;
  await checks.that('its steps become done while one watches, and its join link is a link', async () => {
    const steps = page.getByRole('region', { name: 'Where it stands' });
    for (const step of ['Claimed', 'Written', 'Link made', 'Mailed'])
      await steps.getByRole('heading', { name: new RegExp(`^${step}(?!.* 0 of)`) }).waitFor(LONG);
    await until(async () => (await api.get<MeetingView>(`/meetings/${booked.id}`)).steps.every(({ state }) => state === 'done'), {
      what: 'all steps are done',
      withinMs: 30_000,
    });
    await until(async () => !/waiting|running|, 0 of/.test(await steps.innerText()), {
      what: 'the page shows all steps as done',
      withinMs: 20_000,
    });
    const link = page.getByRole('link', { name: `Join ${TITLE}` });
    const { conference } = await api.get<MeetingView>(`/meetings/${booked.id}`);
    assert.equal(await link.getAttribute('href'), conference?.join_url);
    assert.match(conference?.join_url ?? '', /^https:\/\//);
    assert.equal(await link.getAttribute('rel'), 'noreferrer');
    assert.ok((await link.evaluate((element: HTMLElement) => element.tabIndex)) >= 0, 'the keyboard does not reach it');
  });
  await look(visit, 'what was booked');
  return booked;
}

/** ADM-07: one request for each change of the time, and its answer is announced. */
export async function changeTheTime({ page, product, checks }: Visit, { start }: MeetingView): Promise<void> {
  let requests = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/v1/conflicts/check')) requests += 1;
  });
  const taken = Temporal.Instant.from(start).toZonedDateTimeISO('Europe/Berlin');
  const clock = taken.toPlainTime().toString({ smallestUnit: 'minute' });
  const announcement = page.locator('[role=status][aria-live=polite]').filter({ hasText: /free/i });
  await checks.that('changing the time to one that is taken shows the conflict with one request, and announces it', async () => {
    await page.goto(`${product.url}/schedule?date=${taken.toPlainDate().toString()}`);
    await settled(page);
    assert.equal(requests, 0, 'it asked before a time was chosen');
    await page.getByLabel(/^Start/).fill(clock);
    await announcement.getByText(/Not free: 1 conflict/).waitFor(LONG);
    assert.equal(requests, 1);
    assert.ok((await page.getByRole('group', { name: 'Other times' }).getByRole('button').count()) > 0, 'no other time is offered');
  });
  await checks.that('changing the time to one of the others shows that everyone is free, with one request more', async () => {
    await page.getByRole('group', { name: 'Other times' }).getByRole('button').first().click();
    await announcement.getByText('Everyone is free.').waitFor(LONG);
    assert.equal(requests, 2);
  });
}

export async function findItInTheList({ page, product, checks }: Visit, { id, title }: MeetingView): Promise<void> {
  await checks.that('the meeting is in the list, on a wide screen and on a phone', async () => {
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      await page.goto(`${product.url}/meetings?q=${encodeURIComponent(title)}`);
      const link = page.getByRole('link', { name: title, exact: true });
      await link.waitFor();
      assert.equal(await link.getAttribute('href'), `/meetings/${id}`);
      await page.getByRole('link', { name: `Join ${title}` }).waitFor();
    }
    await page.setViewportSize(WIDE);
  });
}

export async function cancelWithComment({ page, product, checks, api, sandbox }: Visit, { id, title }: MeetingView): Promise<void> {
  const comment = 'The room is flooded.';
  await checks.that('cancelling asks first, takes a comment and tells the guests', async () => {
    await page.goto(`${product.url}/meetings/${id}`);
    await page.getByRole('button', { name: 'Cancel…' }).click();
    const dialog = page.getByRole('dialog', { name: `Cancel “${title}”?` });
    await dialog.getByLabel('Comment').fill(comment);
    await dialog.getByRole('button', { name: 'Cancel the meeting' }).click();
    await dialog.waitFor({ state: 'hidden', ...LONG });
    await page.getByText(`“${comment}”`).waitFor(LONG);
    const meeting = await api.get<MeetingView>(`/meetings/${id}`);
    assert.equal(meeting.status, 'cancelled');
    assert.equal(meeting.cancel_comment, comment);
    await until(
      async () => {
        const { items } = await sandbox.get<{ items: { subject: string; text: string }[] }>('/mail?to=guest@customer.example');
        return items.some((mail) => /cancel/i.test(mail.subject) && mail.text.includes(comment));
      },
      { what: 'the mail with the comment', withinMs: 30_000, everyMs: 500 },
    );
  });
  await checks.that('a cancelled meeting leaves the list of what lies ahead', async () => {
    await page.goto(`${product.url}/meetings?q=${encodeURIComponent(title)}`);
    await page.getByText('No meeting matches').waitFor();
    await page.goto(`${product.url}/meetings?view=cancelled`);
    await page.getByRole('link', { name: title, exact: true }).waitFor();
  });
}

/** What is ahead of a tenant, for the pages that need one that exists. */
export async function anyMeeting({ api }: Visit): Promise<MeetingView | undefined> {
  return (await api.get<ListOf<MeetingView>>('/meetings?limit=5')).data[0];
}
