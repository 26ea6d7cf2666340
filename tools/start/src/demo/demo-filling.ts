import type { DemoApi, DemoConnectionView, DemoUserView } from './demo-api.ts';
import type { DemoConnection, DemoTenant } from './demo-plan.ts';
import type { DemoProgress } from './demo-progress.ts';

export interface DemoPlace {
  /** Where the product answers. */
  readonly productUrl: string;
  /** The control side of the sandbox. */
  readonly controlUrl: string;
  readonly dataDir: string;
  readonly signal: AbortSignal;
}

/** One tenant while it is filled. */
export interface DemoTenantFilling {
  readonly plan: DemoTenant;
  readonly api: DemoApi;
  readonly users: DemoUserView[];
  readonly ownerId: string;
}

/** Of the sandbox. */
export interface DemoPerson {
  readonly email: string;
  readonly name: string;
  readonly timeZone: string;
}

/** What every step of filling works with. */
export interface DemoFilling extends DemoPlace {
  readonly sandbox: DemoApi;
  readonly progress: DemoProgress;
  readonly people: ReadonlyMap<string, DemoPerson>;
  /** Calendar services that the product offers. */
  readonly providers: ReadonlySet<string>;
  /** Accounts that could not be connected this time, and why: they keep nothing else back. */
  readonly lost: Map<string, unknown>;
}

export async function connectionsIn({ api }: DemoTenantFilling): Promise<DemoConnectionView[]> {
  return (await api.get<{ data: DemoConnectionView[] }>('/v1/connections?limit=200')).data;
}

/** The step in which an account is brought to its end. */
export const endStep = (tenant: DemoTenantFilling, account: string): string => `${tenant.ownerId} ${account}`;

/** Whether a connection can be there: its service is offered, and nothing went wrong while it was made. */
export function isInReach({ providers, lost }: DemoFilling, { provider, account }: DemoConnection): boolean {
  return providers.has(provider) && !lost.has(account);
}
