import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { settled } from '../look.ts';
import type { Visit } from '../visit.ts';

/** Comes in by the link of the start banner. */
export async function signIn({ page, product, checks }: Visit): Promise<void> {
  await checks.that('the sign-in link opens the overview', async () => {
    await page.goto(product.signInUrl);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    assert.equal(page.url(), `${product.url}/`);
    await settled(page);
  });
  await checks.that('the session is out of reach for scripts', async () => {
    const cookies = await page.context().cookies(product.url);
    const session = cookies.find(({ httpOnly }) => httpOnly);
    assert.ok(session !== undefined, 'there is no cookie that scripts cannot read');
    const readable = await page.evaluate(() => document.cookie);
    assert.ok(!readable.includes(session.value));
  });
}

/** As somebody without a session, in a browser of their own. */
export async function meetTheDoor({ product, checks }: Visit, stranger: Page): Promise<void> {
  await checks.that('who is not signed in ends at the door, with a way in', async () => {
    await stranger.goto(`${product.url}/connections`);
    await stranger.getByRole('heading', { level: 1, name: /^Sign in to/ }).waitFor();
    assert.ok((await stranger.getByRole('link', { name: /^Sign in with/ }).count()) > 0);
    assert.match(stranger.url(), /return_to=%2Fconnections/);
  });
  await checks.that('a sign-in link works once, and says what to do the second time', async () => {
    await stranger.goto(product.signInUrl);
    await stranger.getByText('What to do', { exact: true }).waitFor();
    await stranger.getByRole('link', { name: 'Go on to Daymark' }).click();
    await stranger.getByRole('heading', { level: 1, name: /^Sign in to/ }).waitFor();
  });
}
