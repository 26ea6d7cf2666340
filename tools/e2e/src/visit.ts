import type { Page } from 'playwright-core';
import type { Checks } from './checks.ts';
import type { Guard } from './guard.ts';
import type { JsonApi } from './json-api.ts';
import type { Product } from './product.ts';

/** What every walk works with: the browser's page, and the way past it to prepare and to compare. */
export interface Visit {
  readonly product: Product;
  readonly page: Page;
  readonly guard: Guard;
  readonly checks: Checks;
  /** As the owner of the demo's first tenant. */
  readonly api: JsonApi;
  /** The control side of the sandbox. */
  readonly sandbox: JsonApi;
}

export interface ConnectionView {
  readonly id: string;
  readonly account_email: string | null;
  readonly user_id: string;
  readonly status: string;
  readonly running_run_id: string | null;
  readonly last_success_at: string | null;
  readonly calendars_count: number;
  readonly sync: { readonly past_days: number; readonly future_days: number; readonly push: string };
  readonly push: { readonly state: string };
}

export interface CalendarView {
  readonly id: string;
  readonly name: string;
  readonly connection_id: string;
  readonly status: string;
  readonly read_busy: boolean;
  readonly last_success_at: string | null;
}

export interface RunView {
  readonly id: string;
  readonly state: string;
  readonly counts: { readonly pulled: number; readonly pushed: number };
}

export interface MeetingView {
  readonly id: string;
  readonly title: string;
  readonly start: string;
  readonly end: string;
  readonly status: string;
  readonly cancel_comment: string | null;
  readonly conference: { readonly join_url: string | null } | null;
  readonly steps: readonly { readonly state: string }[];
}

export interface ListOf<T> {
  readonly data: readonly T[];
}

export async function connectionsOf({ api }: Visit): Promise<readonly ConnectionView[]> {
  return (await api.get<ListOf<ConnectionView>>('/connections?limit=200')).data;
}
