import assert from 'node:assert/strict';
import { settled } from '../look.ts';
import { until } from '../until.ts';
import { connectionsOf } from '../visit.ts';
import type { ConnectionView, ListOf, MeetingView, Visit } from '../visit.ts';

/** Those that the demo brings about; a person may meet each of them. */
const STATES = ['active', 'paused', 'expired', 'error', 'revoked'] as const;
const WORDS: Readonly<Record<(typeof STATES)[number], string>> = {
  active: 'Active',
  paused: 'Paused',
  expired: 'Expired',
  error: 'Error',
  revoked: 'Revoked',
};
const LONGEST_FILLING_MS = 150_000;

export interface DemoWorld {
  readonly connections: readonly ConnectionView[];
  readonly meeting: MeetingView;
}

/** The demo connects its people while the product runs already. */
export async function awaitDemo(visit: Visit): Promise<DemoWorld | null> {
  return visit.checks.that('the demo fills up: a connection in each state, and a meeting with its link', () =>
    until(
      async () => {
        const connections = await connectionsOf(visit);
        const { data: meetings } = await visit.api.get<ListOf<MeetingView>>('/meetings?limit=50');
        const meeting = meetings.find(
          (one) => one.conference?.join_url != null && one.steps.every(({ state }) => state === 'done' || state === 'void'),
        );
        const isComplete = STATES.every((state) => connections.some(({ status }) => status === state));
        const isQuiet = connections.every(({ running_run_id: run }) => run === null);
        return isComplete && isQuiet && meeting !== undefined && { connections, meeting };
      },
      { what: `connections that are ${STATES.join(', ')}, and a meeting`, withinMs: LONGEST_FILLING_MS, everyMs: 500 },
    ),
  );
}

/** ADM-01: state by icon and word, account, provider, reason. */
export async function readTheStates({ page, product, checks }: Visit, { connections }: DemoWorld): Promise<void> {
  for (const state of STATES) {
    await checks.that(`a connection that is ${state} says so by icon and word`, async () => {
      await page.goto(`${product.url}/connections?status=${state}`);
      const chip = page.locator(`table [data-status="${state}"]`).first();
      await chip.waitFor();
      assert.equal((await chip.innerText()).trim(), WORDS[state]);
      assert.ok(await chip.locator('svg').first().isVisible(), 'there is no icon');
    });
  }
  await checks.that('the list shows account, provider and last good sync of each connection, and why one is broken', async () => {
    await page.goto(`${product.url}/connections`);
    await settled(page);
    const table = await page.locator('table.connections').innerText();
    for (const { account_email: email } of connections) assert.ok(table.includes(email ?? ''), `${email} is missing`);
    assert.match(table, /Google/);
    assert.match(table, /ago/);
    const broken = connections.find(({ status }) => status === 'expired');
    await page.getByRole('button', { name: `Reconnect ${broken?.account_email}` }).waitFor();
  });
  await checks.that('the overview says what needs somebody, with cause and fix', async () => {
    await page.goto(product.url);
    const panel = page.getByRole('region', { name: 'Needs you' });
    await panel.getByRole('article').first().waitFor();
    assert.match(await panel.getByRole('article').first().innerText(), /Who: /);
    const strip = await page.getByRole('region', { name: 'Connections by status' }).innerText();
    assert.match(strip, /expired/);
  });
}
