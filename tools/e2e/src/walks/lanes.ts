import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { look, settled } from '../look.ts';
import type { ListOf, Visit } from '../visit.ts';

interface UserView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

interface FreeBusyView {
  readonly data: readonly { readonly busy: readonly { readonly start: string; readonly end: string }[]; readonly error: unknown }[];
}

const ZONE = 'Europe/Berlin';
const PEOPLE = ['ada@acme.example', 'jonas@acme.example', 'leo@acme.example'];

/** Time of people side by side: the same as the API says, on the clock of the viewer. */
export async function compareThePeople(visit: Visit): Promise<void> {
  const { page, product, checks, api } = visit;
  const monday = mondayAfter(Temporal.Now.plainDateISO('UTC'));
  const users = (await api.get<ListOf<UserView>>('/users?limit=200')).data;
  const people = PEOPLE.flatMap((email) => users.find((one) => one.email === email) ?? []);
  await checks.that('each person who is chosen has a lane, with what the API says of them', async () => {
    assert.equal(people.length, PEOPLE.length, 'somebody of the demo is not there');
    await page.goto(`${product.url}/schedule?date=${monday.toString()}`);
    await settled(page);
    await choosePeople(
      page,
      people.map(({ name }) => name),
    );
    await page.getByRole('group', { name: 'Days' }).getByRole('button').first().click();
    const [start, end] = [8, 18].map((hour) => monday.toZonedDateTime({ timeZone: ZONE, plainTime: { hour } }).toInstant());
    for (const { id, name } of people) {
      const question = { subjects: [{ user_id: id }], window: { start: start?.toString(), end: end?.toString() } };
      const [known] = (await api.post<FreeBusyView>('/free-busy', question)).data;
      const lane = laneOf(page, name);
      await lane.waitFor();
      const words = await lane.innerText();
      for (const span of known?.busy ?? []) assert.ok(words.includes(clocks(span)), `${name} is busy ${clocks(span)}, but: ${words}`);
      assert.equal(/unknown, so not free/i.test(words), known?.error !== null, `${name}: ${words}`);
    }
  });
  await checks.that('all who are chosen can be seen in their field', async () => {
    const field = await page.locator('.mantine-MultiSelect-input').first().boundingBox();
    const last = await page
      .getByText(people.at(-1)?.name ?? '')
      .first()
      .boundingBox();
    assert.ok(field !== null && last !== null && last.y + last.height <= field.y + field.height, 'the last one is cut off');
  });
  await checks.that('any half hour that is not free says why', async () => {
    await page
      .getByRole('button', { name: /not free, why not\?/ })
      .first()
      .click();
    await page
      .locator('[role=status][aria-live=polite]')
      .getByText(/^Not free/)
      .waitFor();
  });
  await look(visit, 'the time of three people');
}

/** In the field of the form, as a person would. */
export async function choosePeople(page: Page, names: readonly string[]): Promise<void> {
  await page.getByRole('combobox', { name: 'People' }).click();
  for (const name of names) await page.getByRole('option', { name }).click();
  await page.keyboard.press('Escape');
  await page
    .getByRole('list', { name: /^Busy times/ })
    .getByRole('listitem')
    .nth(names.length - 1)
    .waitFor();
  await settled(page);
}

function laneOf(page: Page, name: string): Locator {
  return page
    .getByRole('list', { name: /^Busy times/ })
    .getByRole('listitem')
    .filter({ hasText: name });
}

/** `09:00–10:30` on the clock of the viewer. */
function clocks({ start, end }: { readonly start: string; readonly end: string }): string {
  const clock = (at: string): string =>
    Temporal.Instant.from(at).toZonedDateTimeISO(ZONE).toPlainTime().toString({ smallestUnit: 'minute' });
  return `${clock(start)}–${clock(end)}`;
}

/** The day of work after the next week's end. */
export function mondayAfter(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.add({ days: 8 - day.dayOfWeek });
}
