import assert from 'node:assert/strict';
import { look, settled } from '../look.ts';
import type { Visit } from '../visit.ts';
import type { Service } from './consent.ts';
import { GOOGLE, OUTLOOK } from './consent.ts';

/** Of Microsoft: the secret is wrong. */
const WRONG_SECRET = '7000215';

/** Whether the services know this installation: one that does, and one that takes another secret. */
export async function checkTheRegistrations(visit: Visit): Promise<void> {
  const { page, product, checks, sandbox } = visit;
  const panelOf = ({ name }: Service) => page.getByRole('region', { name, exact: true });
  await checks.that('a registration that the service accepts passes its check', async () => {
    await page.goto(`${product.url}/providers`);
    await settled(page);
    await page.getByRole('button', { name: `Check credentials: ${GOOGLE.name}` }).click();
    await panelOf(GOOGLE).getByText('The service accepts the registration.').waitFor();
    assert.ok((await panelOf(GOOGLE).getByLabel('passed').count()) >= 3);
  });
  await checks.that(
    'a registration whose secret is wrong ends there, with cause, fix and who, and no step after it is called good',
    async () => {
      const match = { grant_type: 'authorization_code' };
      await sandbox.post('/faults', { operation: 'entra.token', status: 401, reason: WRONG_SECRET, times: 1, match });
      await page.getByRole('button', { name: `Check credentials: ${OUTLOOK.name}` }).click();
      const panel = panelOf(OUTLOOK);
      await panel.getByText('It ends at: It takes the client secret.').waitFor();
      const failed = panel.getByRole('listitem').filter({ has: page.getByLabel('failed') });
      assert.match(await failed.innerText(), new RegExp(`AADSTS${WRONG_SECRET}[^]*Who: `));
      const last = panel.getByRole('listitem').filter({ hasText: 'The redirect address is registered' });
      assert.equal(await last.getByLabel('not known').count(), 1);
    },
  );
  await look(visit, 'the providers after a check of each');
  await checks.that('once it is mended, checking again says so', async () => {
    await page.getByRole('button', { name: `Check again: ${OUTLOOK.name}` }).click();
    await panelOf(OUTLOOK).getByText('The service accepts the registration.').waitFor();
  });
}
