import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] || '/usr/bin/chromium';
/** Nothing but what the pages ask for shall leave the machine. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const WIDE = { width: 1280, height: 860 };
export const NARROW = { width: 360, height: 780 };
/** The zone of the person at the browser; the demo's owner lives there too. */
export const ZONE = 'Europe/Berlin';

/** @throws Error with the fix when there is no browser. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`There is no browser at ${CHROMIUM}.\nFix: \`apt-get install chromium\`, or set CHROMIUM to the path of one.`);
  }
  // Each launch gets a profile of its own, which is removed when the browser is closed.
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

export function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({
    viewport: WIDE,
    timezoneId: ZONE,
    locale: 'en-GB',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    // The simulated Microsoft is behind https, with a certificate of an authority that only the product trusts.
    ignoreHTTPSErrors: true,
    ...options,
  });
}
