import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { NARROW, WIDE } from './browser.ts';
import type { Visit } from './visit.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const NARROWEST = { width: 320, height: 640 };

/** What holds for every page, whatever is on it: the page that is open is looked at in all its looks. */
export async function look({ page, checks, product }: Visit, name: string): Promise<void> {
  await checks.that(`${name}: axe finds nothing, light and dark, 1280 and 360 wide`, async () => {
    const found: string[] = [];
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await settled(page);
        found.push(...(await violations(page)).map((one) => `${size.width} ${colorScheme} ${one}`));
      }
    }
    assert.deepEqual(found, []);
  });
  await page.emulateMedia({ colorScheme: 'light' });
  await checks.that(`${name}: nothing scrolls sideways, 360 and 320 wide`, async () => {
    const wider: string[] = [];
    for (const size of [NARROW, NARROWEST]) {
      await page.setViewportSize(size);
      await settled(page);
      const pixels = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (pixels > 0) wider.push(`${pixels} px too wide at ${size.width}: ${await widest(page)}`);
    }
    assert.deepEqual(wider, []);
  });
  await page.setViewportSize(WIDE);
  await checks.that(`${name}: no key, secret or token is in the page`, async () => {
    const all = await page.evaluate(() => [
      document.documentElement.outerHTML,
      document.cookie,
      location.href,
      JSON.stringify({ ...localStorage, ...sessionStorage }),
      ...[...document.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value),
    ]);
    const secrets = product.secrets();
    assert.ok(
      secrets.some((secret) => secret.startsWith('ya29.')),
      'no token is known to look for',
    );
    const leaked = secrets.filter((secret) => all.some((text) => text.includes(secret)));
    assert.equal(leaked.length, 0, `${leaked.length} secrets, for example one that begins with ${leaked[0]?.slice(0, 8)}`);
  });
}

/** Data is there and nothing moves any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.readyState === 'complete' &&
      document.querySelector('h1') !== null &&
      document.querySelector('[role=status][aria-label=Loading]') === null &&
      document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity),
    undefined,
    { timeout: 20_000 },
  );
}

async function violations(page: Page): Promise<string[]> {
  const answer = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true).analyze();
  return answer.violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, 3).map(({ target, any }) => `${target.join(' ')} ${any[0]?.message ?? ''}`);
    return `${id}: ${places.join(' ; ')}`;
  });
}

/** Which element sticks out, to find it. */
function widest(page: Page): Promise<string> {
  return page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > edge + 0.5);
    const last = out.at(-1);
    return last === undefined ? 'nothing sticks out' : `${last.tagName.toLowerCase()}.${last.getAttribute('class') ?? ''}`;
  });
}
