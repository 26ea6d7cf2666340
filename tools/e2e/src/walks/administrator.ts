import assert from 'node:assert/strict';
import { look } from '../look.ts';
import { connectionsOf } from '../visit.ts';
import type { Visit } from '../visit.ts';
import { answerConsent, askForConsent, OUTLOOK } from './consent.ts';

const LONG = { timeout: 30_000 };
const DOMAIN = 'harbour.example';
const EMPLOYEE = `vera@${DOMAIN}`;
const ADMINISTRATOR = `it@${DOMAIN}`;

/** An organisation whose people may not agree themselves: a letter for its administrator, who approves in another browser. */
export async function needAnAdministrator(visit: Visit, outside: Visit): Promise<void> {
  const { page, checks, sandbox, product } = visit;
  await sandbox.post('/microsoft/tenants', { domain: DOMAIN, requiresAdminConsent: true });
  await sandbox.post('/microsoft/seed', {
    people: [
      { email: EMPLOYEE, name: 'Vera Brandt' },
      { email: ADMINISTRATOR, name: 'Harbour IT', isAdmin: true },
    ],
  });
  const known = (await connectionsOf(visit)).length;
  const address = await checks.that(
    'who may not agree without an administrator gets a letter for them, with an address to approve at',
    async () => {
      await askForConsent(visit, OUTLOOK);
      await answerConsent(visit, { email: EMPLOYEE, decision: 'allow' });
      await page.getByRole('button', { name: /^Return to the application/ }).click();
      await page.getByRole('heading', { level: 1, name: 'Your administrator must approve' }).waitFor(LONG);
      await page.getByRole('button', { name: 'Show what the administrator needs' }).click();
      const letter = await page.locator('pre.letter').innerText();
      const found = new RegExp(`^${product.consentOrigins.outlook}/\\S+$`, 'm').exec(letter)?.[0];
      assert.ok(found !== undefined, `there is no address in ${letter}`);
      assert.equal(await page.getByRole('link', { name: /^Approve at/ }).getAttribute('href'), found);
      assert.equal((await connectionsOf(visit)).length, known, 'a connection was made');
      return found;
    },
  );
  await look(visit, 'the letter for an administrator');
  if (address === null) return;
  await checks.that('the administrator approves without an account here, and is told what that means', async () => {
    await outside.page.goto(address);
    await answerConsent(outside, { email: ADMINISTRATOR, decision: 'allow' });
    await outside.page.getByRole('heading', { level: 1, name: 'Thank you for approving' }).waitFor(LONG);
  });
  await look(outside, 'the page after an approval');
  await checks.that('after that the same person can agree', async () => {
    await askForConsent(visit, OUTLOOK);
    await answerConsent(visit, { email: EMPLOYEE, decision: 'allow' });
    await page.getByRole('heading', { level: 1, name: 'The account is connected' }).waitFor(LONG);
    await page.getByRole('button', { name: 'Stay here' }).click();
  });
}
