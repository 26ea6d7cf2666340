import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';

/**
 * Opens pages in Chromium in light and dark, wide and narrow; keeps screenshots, and reports what axe finds, what scrolls
 * sideways and what the console says: `node dev/look.mjs --out DIR --base http://127.0.0.1:4500 /connections /events`.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string', default: 'http://127.0.0.1:4500' },
    out: { type: 'string', default: join(tmpdir(), 'daymark-looks') },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    click: { type: 'string' },
    name: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
  },
});
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const variants = [
  { size: 1280, scheme: 'light' },
  { size: 360, scheme: 'light' },
  { size: 1280, scheme: 'dark' },
  { size: 360, scheme: 'dark' },
].slice(0, values.quick ? 2 : 4);

mkdirSync(values.out, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), 'daymark-look-'));
const browser = await chromium.launch({ executablePath: values.chromium, headless: true, args: flags });
let faults = 0;
try {
  for (const { size, scheme } of variants) {
    const context = await browser.newContext({
      viewport: { width: size, height: size === 360 ? 780 : 860 },
      colorScheme: scheme,
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    });
    for (const path of positionals) {
      const tab = await context.newPage();
      tab.on('console', (message) => message.type() === 'error' && report(path, size, scheme, `console: ${message.text()}`));
      tab.on('pageerror', (error) => report(path, size, scheme, `error: ${error.message}`));
      await tab.goto(`${values.base}${path}`, { waitUntil: 'networkidle' });
      if (values.click !== undefined) {
        for (const target of values.click.split(' | ')) await tab.locator(target).first().click();
        await tab.waitForTimeout(700);
      }
      const name = `${values.name}${path.replaceAll(/[^a-z0-9]+/gi, '-').replaceAll(/^-|-$/g, '') || 'overview'}-${size}-${scheme}.png`;
      await tab.screenshot({ path: join(values.out, name.replace(/[0-9a-f]{32}/, 'id')), fullPage: values.full });
      const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) report(path, size, scheme, `scrolls sideways by ${overflow} px`);
      const { violations } = await new AxeBuilder({ page: tab })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      for (const { id, nodes } of violations)
        report(
          path,
          size,
          scheme,
          `axe ${id}: ${nodes
            .map(({ target }) => target.join(' '))
            .slice(0, 4)
            .join(' ; ')}`,
        );
      await tab.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
console.log(`${positionals.length * variants.length} looks, ${faults} faults, screenshots in ${values.out}`);
process.exitCode = faults === 0 ? 0 : 1;

function report(path, size, scheme, text) {
  faults += 1;
  console.log(`${path} ${size} ${scheme}: ${text}`);
}
