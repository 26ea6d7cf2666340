import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openBrowser, openContext } from './browser.ts';
import { Checks } from './checks.ts';
import { guard } from './guard.ts';
import { jsonApi } from './json-api.ts';
import { look, settled } from './look.ts';
import { takePictures } from './pictures.ts';
import { startProduct } from './product.ts';
import type { Visit } from './visit.ts';
import { needAnAdministrator } from './walks/administrator.ts';
import { bookByKeyboard, cancelWithComment, changeTheTime, findItInTheList } from './walks/booking.ts';
import { connectAnAccount, connectOutlook, disconnect, readItsEvents, reconnectTheExpired } from './walks/connecting.ts';
import { awaitDemo, readTheStates } from './walks/demo-world.ts';
import type { DemoWorld } from './walks/demo-world.ts';
import { compareThePeople } from './walks/lanes.ts';
import { makeNewcomer } from './walks/newcomer.ts';
import { checkTheRegistrations } from './walks/registrations.ts';
import { connectBySetupLink } from './walks/setup-link.ts';
import { meetTheDoor, signIn } from './walks/sign-in.ts';
import { editSettings, runChecks, switchPush, syncAll, syncNow, toggleBusy } from './walks/syncing.ts';

/** From the moment the product is up; building it before is not counted. */
const LONGEST_WALK_MS = 460_000;
const STEP_MS = 20_000;

const { values } = parseArgs({
  options: { pictures: { type: 'boolean', default: false }, 'only-pictures': { type: 'boolean', default: false } },
});

const takesPictures = values.pictures || values['only-pictures'];
const evidence = mkdtempSync(join(tmpdir(), 'daymark-e2e-failures-'));
let keepEvidence: (number: number) => Promise<string | null> = async () => null;
const checks = new Checks({ onFailure: (number) => keepEvidence(number) });

const browser = await openBrowser().catch((error: unknown) => {
  rmSync(evidence, { recursive: true, force: true });
  console.error((error as Error).message);
  process.exit(2);
});
console.log(`Chromium ${browser.version()}. Starting the product; the first time it is built, which takes a minute or two …`);
const product = await startProduct({ wantsUsualPorts: takesPictures }).catch(async (error: unknown) => {
  await browser.close();
  console.error((error as Error).message);
  process.exit(2);
});
let isEnding = false;
const end = async (code: number): Promise<void> => {
  if (isEnding) return;
  isEnding = true;
  await browser.close().catch(() => undefined);
  await product.stop();
  if (checks.failed === 0) rmSync(evidence, { recursive: true, force: true });
  console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
  process.exit(code);
};
process.once('SIGINT', () => void end(130));
process.once('SIGTERM', () => void end(143));
const startedAt = Date.now();
setTimeout(() => {
  checks.failed += 1;
  console.log(` FAIL  all of it within ${LONGEST_WALK_MS / 1000} s`);
  void end(1);
}, LONGEST_WALK_MS).unref();

try {
  await walk();
} catch (error) {
  await checks.that('the walk runs to its end', () => Promise.reject(error as Error));
}
console.log(
  `\nThe walk took ${Math.round((Date.now() - startedAt) / 1000)} s.${checks.failed > 0 ? ` Pictures of what failed are in ${evidence}.` : ''}`,
);
await end(checks.failed === 0 && checks.passed > 0 ? 0 : 1);

async function walk(): Promise<void> {
  const context = await openContext(browser);
  context.setDefaultTimeout(STEP_MS);
  const origins = { ownOrigin: product.url, consentOrigins: Object.values(product.consentOrigins) };
  const watch = await guard(context, origins);
  const page = await context.newPage();
  keepEvidence = async (number) => {
    const path = join(evidence, `${number}.png`);
    await page.screenshot({ path }).catch(() => undefined);
    return `${path} at ${page.url()}`;
  };
  const visit: Visit = {
    product,
    page,
    guard: watch,
    checks,
    api: jsonApi(product.apiUrl, { key: product.apiKey }),
    sandbox: jsonApi(`${product.controlUrl}/control`),
  };
  const outside = await openContext(browser);
  outside.setDefaultTimeout(STEP_MS);
  const watchOutside = await guard(outside, origins);
  // A browser without a session is told so, and so is one that comes with a used link; each is an error in the console.
  for (const status of [401, 410]) watchOutside.expectStatus(status);
  const stranger = await outside.newPage();

  await signIn(visit);
  const world = await awaitDemo(visit);
  if (world === null) return;
  if (takesPictures) await takePictures(visit, { world, stranger });
  if (values['only-pictures']) return;
  await meetTheDoor(visit, stranger);
  await look({ ...visit, page: stranger }, 'the door');

  await walkThrough(visit, { world, stranger });
  await lookAtAll(visit, world);

  for (const [who, seen] of [
    ['', watch],
    [', at the door', watchOutside],
  ] as const) {
    await checks.that(`no error was in the console${who}`, () => assert.deepEqual(seen.consoleErrors, []));
    await checks.that(`nothing broke the content security policy${who}`, () => assert.deepEqual(seen.policyViolations, []));
    await checks.that(`nothing was asked of another origin${who}`, () => assert.deepEqual(seen.foreignRequests, []));
  }
}

async function walkThrough(visit: Visit, { world, stranger }: { world: DemoWorld; stranger: Page }): Promise<void> {
  const outside: Visit = { ...visit, page: stranger };
  await readTheStates(visit, world);
  const newcomer = await makeNewcomer(visit.sandbox);
  const connection = await connectAnAccount(visit, newcomer);
  if (connection !== null) {
    await readItsEvents(visit, { newcomer, connection });
    await syncNow(visit, { newcomer, connection });
    await runChecks(visit, connection);
    await editSettings(visit, connection);
    await toggleBusy(visit, { newcomer, connection });
    await switchPush(visit, connection);
  }
  await connectOutlook(visit);
  await needAnAdministrator(visit, outside);
  await connectBySetupLink(visit, outside);
  await checkTheRegistrations(visit);
  await syncAll(visit);
  await compareThePeople(visit);
  const meeting = await bookByKeyboard(visit);
  if (meeting !== null) {
    await changeTheTime(visit, meeting);
    await findItInTheList(visit, meeting);
    await cancelWithComment(visit, meeting);
  }
  if (connection !== null) await disconnect(visit, connection);
}

/** Every page in every look; the broken connection before it is mended. */
async function lookAtAll(visit: Visit, { connections, meeting }: DemoWorld): Promise<void> {
  const { page } = visit;
  const broken = connections.find(({ status }) => status === 'expired');
  const pages: readonly (readonly [string, string])[] = [
    ['the overview', '/'],
    ['the connections', '/connections'],
    ['the dialog to connect', '/connections?connect=open'],
    ['the setup links', '/setup-links'],
    ['the dialog for a setup link', '/setup-links?make=open'],
    ['a broken connection', `/connections/${broken?.id}`],
    ['the week', '/events?view=week'],
    ['the agenda', '/events?view=agenda'],
    ['the scheduling assistant', '/schedule'],
    ['the meetings', '/meetings'],
    ['a meeting', `/meetings/${meeting.id}`],
    ['the dialog to move a meeting', `/meetings/${meeting.id}?move=open`],
    ['denied consent', '/connect/result?outcome=denied'],
    ['failed consent', '/connect/result?outcome=failed&code=oauth-state-invalid&reference=req_0'],
    ['an unknown page', '/no-such-page'],
  ];
  for (const [name, path] of pages) {
    await page.goto(product.url + path);
    await settled(page);
    await look(visit, name);
  }
  await reconnectTheExpired(visit);
}
