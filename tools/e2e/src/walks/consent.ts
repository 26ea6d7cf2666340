import type { ConsentOrigins } from '../product.ts';
import type { Visit } from '../visit.ts';

const LONG = { timeout: 30_000 };

/** A calendar service as the simulator plays it. */
export interface Service {
  readonly id: keyof ConsentOrigins;
  readonly name: string;
}

export const GOOGLE: Service = { id: 'google', name: 'Google Calendar' };
export const OUTLOOK: Service = { id: 'outlook', name: 'Outlook and Microsoft 365' };

/** From the list of connections to the page of the service. */
export async function askForConsent({ page, product }: Visit, { id, name }: Service): Promise<void> {
  await page.goto(`${product.url}/connections`);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  const choice = page.getByRole('dialog', { name: 'Connect an account' }).getByRole('region', { name });
  await choice.getByRole('radio', { name: /^Read and write/ }).check();
  await choice.getByRole('button', { name: `Connect ${name}` }).click();
  await page.waitForURL((url) => url.origin === product.consentOrigins[id], LONG);
}

/** On the page of the service, as the owner of the account would. */
export async function answerConsent({ page }: Visit, { email, decision }: { email: string; decision: 'allow' | 'deny' }): Promise<void> {
  await page.locator(`input[name="account"][value="${email}"]`).check();
  await page.locator(`button[name="decision"][value="${decision}"]`).click();
}
