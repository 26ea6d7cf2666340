import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { NARROW, WIDE } from './browser.ts';
import { settled } from './look.ts';
import type { ListOf, Visit } from './visit.ts';
import type { DemoWorld } from './walks/demo-world.ts';
import { choosePeople, mondayAfter } from './walks/lanes.ts';

const FOLDER = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'docs', 'images');
const MOST_BYTES = 250_000;
/** Whose calendars work, so that there is a time for all. */
const COLLEAGUES = ['ada@acme.example', 'jonas@acme.example', 'priya@acme.example'];
const TALL = { width: WIDE.width, height: 900 };

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly scheme?: 'dark';
  readonly size?: { readonly width: number; readonly height: number };
  prepare?(page: Page): Promise<void>;
}

/** Keeps the pictures of the docs; `page` is signed in, `stranger` is not. */
export async function takePictures(visit: Visit, { world, stranger }: { world: DemoWorld; stranger: Page }): Promise<void> {
  const { page, product, checks, api } = visit;
  mkdirSync(FOLDER, { recursive: true });
  const expired = world.connections.find(({ status }) => status === 'expired');
  const people = (await api.get<ListOf<{ name: string; email: string }>>('/users?limit=200')).data
    .filter(({ email }) => COLLEAGUES.includes(email))
    .map(({ name }) => name);
  const nextMonday = mondayAfter(Temporal.Now.plainDateISO('UTC')).toString();
  const pictures: readonly Picture[] = [
    { name: 'overview-light', path: '/', size: TALL },
    { name: 'overview-dark', path: '/', scheme: 'dark', size: TALL },
    { name: 'overview-phone', path: '/', size: NARROW },
    { name: 'connections-light', path: '/connections' },
    { name: 'connection-detail-light', path: `/connections/${expired?.id}` },
    { name: 'events-week-light', path: `/events?view=week&date=${nextMonday}` },
    { name: 'schedule-light', path: `/schedule?date=${nextMonday}`, size: TALL, prepare: (page) => fillIn(page, people) },
    { name: 'schedule-phone', path: `/schedule?date=${nextMonday}`, size: NARROW },
    { name: 'meeting-light', path: `/meetings/${world.meeting.id}` },
  ];
  for (const picture of pictures) {
    await checks.that(`picture ${picture.name}`, async () => {
      await page.setViewportSize(picture.size ?? WIDE);
      await page.emulateMedia({ colorScheme: picture.scheme ?? 'light' });
      await page.goto(product.url + picture.path);
      await settled(page);
      await picture.prepare?.(page);
      await keep(page, picture.name);
    });
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
  await checks.that('picture sign-in-light', async () => {
    await stranger.goto(`${product.url}/sign-in`);
    await settled(stranger);
    await keep(stranger, 'sign-in-light');
  });
}

async function keep(page: Page, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > MOST_BYTES) throw new Error(`${name} has ${size} bytes`);
}

async function fillIn(page: Page, people: readonly string[]): Promise<void> {
  await page.getByLabel('Title').fill('Quarterly review');
  await choosePeople(page, people);
  await page.getByLabel('Attendees').fill('dana@northwind.example');
  await page.locator('[data-start]').last().click();
  await page.getByText('Everyone is free.').waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}
