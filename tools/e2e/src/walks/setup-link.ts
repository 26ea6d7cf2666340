import assert from 'node:assert/strict';
import { NARROW } from '../browser.ts';
import { look, settled } from '../look.ts';
import type { ConnectionView, ListOf, Visit } from '../visit.ts';
import { answerConsent, OUTLOOK } from './consent.ts';
import { pressUntilFocused } from './keyboard.ts';

const LONG = { timeout: 30_000 };
const ENDED = 'The setup link no longer works';
const PERSON = { email: 'noor@studio.example', name: 'Noor Haddad' };

interface SetupLinkView {
  readonly email: string;
  readonly status: string;
  readonly connection_id: string | null;
}

/** An admin makes a link; the person, who has no account here, connects with it on a phone. */
export async function connectBySetupLink(visit: Visit, outside: Visit): Promise<void> {
  const { page, product, checks, api, sandbox } = visit;
  await sandbox.post('/microsoft/seed', { people: [PERSON] });
  const address = await checks.that('a setup link is made by keyboard alone, and its address is shown', async () => {
    await page.goto(`${product.url}/setup-links`);
    await settled(page);
    await pressUntilFocused(page, 'Tab', ({ text }) => text === 'New setup link');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New setup link' });
    await dialog.getByLabel('E-mail of the person').and(page.locator(':focus')).waitFor();
    await page.keyboard.type(PERSON.email);
    await pressUntilFocused(page, 'Tab', ({ label }) => label === 'Name');
    await page.keyboard.type(PERSON.name);
    await pressUntilFocused(page, 'Tab', ({ label }) => label === 'Calendar service');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: OUTLOOK.name }).waitFor();
    // The list goes round at its end, and the last of it is wanted.
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    assert.equal(await dialog.getByRole('combobox', { name: 'Calendar service' }).inputValue(), OUTLOOK.name);
    await pressUntilFocused(page, 'Tab', ({ text }) => text === 'Make the link');
    await page.keyboard.press('Enter');
    return dialog.getByLabel('Address', { exact: true }).inputValue();
  });
  if (address === null) return;
  const { data: links } = await api.get<ListOf<SetupLinkView>>('/setup-links?status=open');
  const waiting = links.find(({ email }) => email === PERSON.email)?.connection_id ?? null;
  await checks.that('until then a connection waits, and says for what', async () => {
    assert.ok(waiting !== null, 'there is none');
    await page.goto(`${product.url}/connections/${waiting}`);
    await page.getByRole('region', { name: 'Waits for consent' }).getByText(OUTLOOK.name).waitFor();
    await settled(page);
  });
  await look(visit, 'a connection that waits');

  const phone = outside.page;
  await checks.that('the link opens on a phone without a session, and says who asks and what will be seen', async () => {
    await phone.setViewportSize(NARROW);
    await phone.goto(address);
    await phone.getByRole('heading', { level: 1, name: /use your calendar$/ }).waitFor();
    await phone.getByRole('list', { name: 'What will be seen' }).waitFor();
    await phone.getByText(PERSON.name).first().waitFor();
    await settled(phone);
  });
  await look(outside, 'a setup link that was opened');
  await checks.that('consent on the phone ends on a page that says there is nothing left to do', async () => {
    await phone.setViewportSize(NARROW);
    await phone.getByRole('button', { name: `Continue with ${OUTLOOK.name}` }).click();
    await phone.waitForURL((url) => url.origin === product.consentOrigins.outlook, LONG);
    await answerConsent(outside, { email: PERSON.email, decision: 'allow' });
    await phone.getByRole('heading', { level: 1, name: 'Your calendar is connected' }).waitFor(LONG);
    assert.equal((await api.get<ConnectionView>(`/connections/${waiting ?? ''}`)).account_email, PERSON.email);
  });
  await look(outside, 'the end of a setup link');
  await checks.that('a link that was used says so, to the person and in the list', async () => {
    await phone.goto('about:blank');
    await phone.goto(address);
    await phone.getByRole('alert').getByRole('heading', { name: ENDED }).waitFor();
    await page.goto(`${product.url}/setup-links?status=used`);
    await page.getByRole('listitem').filter({ hasText: PERSON.email }).getByText('Used', { exact: true }).waitFor();
  });
}
