/** The calls of the contract as a service sees them; `token` is the endpoint of refresh and exchange. */
export type ContractCall =
  | 'calendars'
  | 'changes'
  | 'event'
  | 'occurrence'
  | 'create'
  | 'update'
  | 'remove'
  | 'free-busy'
  | 'subscribe'
  | 'renew'
  | 'unsubscribe'
  | 'token';

/** What is answered in place of the truth. */
export type Fault =
  | { readonly kind: 'rate-limited'; readonly waitMs: number | null }
  | { readonly kind: 'unavailable'; readonly waitMs: number | null }
  /** The connection breaks, before the call did anything or after it did everything. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** A success whose body is a page of something on the way. */
  | { readonly kind: 'garbage' };

export interface FaultReach {
  /** How many calls from now on; default 1. */
  readonly times?: number;
  /** Of the calls in reach, this share, evenly spread; default all. */
  readonly share?: number;
  /** The first call that is hit, counted from 1; default 1. */
  readonly nth?: number;
}

/** The shape of lists, until the next reset. */
export interface PageShape {
  readonly of: 'changes' | 'calendars';
  /** Items on a page, at most. */
  readonly size?: number;
  /** This page, from 1, has no items and is not the last. */
  readonly emptyPage?: number;
  /** Each page begins with the last item of the one before. */
  readonly repeats?: boolean;
  /** This page, from 1, is answered as unavailable, once. */
  readonly failPage?: number;
}

export interface WorldFaults {
  answer(call: ContractCall, fault: Fault, reach?: FaultReach): void;
  pages(shape: PageShape): void;
  /** What was planted by `answer` and `pages` is over. */
  clear(): void;
  /** Calls that reached the service since the reset, whatever was answered. */
  calls(call: ContractCall): number;
  /** Everything that reached the service since the reset, consent aside; what it sent itself does not count. */
  allCalls(): number;
  expireCursors(calendarId: string): void;
  /** The owner's access tokens die; refresh tokens live on. */
  expireAccess(): void;
  /** The owner withdraws the grant. */
  revoke(): void;
  /** From now on each refresh gives a new refresh token and ends the one before. */
  rotateRefreshTokens(): void;
  /** How conferences are made: at once, after `delayMs`, or never. */
  conference(how: { readonly delayMs?: number; readonly fails?: boolean }): void;
}
