import { GUESTS_ARE_ALWAYS_MAILED } from '@daymark/provider-contract';
import type { Notify } from '@daymark/provider-contract';
import { findCalendarFacts } from './outlook-online-meeting.ts';
import type { OutlookClient } from './outlook-client.ts';
import { unfitRequest } from './outlook-error.ts';

export interface QuietWish {
  readonly calendarId: string;
  readonly notify: Notify;
  /** Addresses of those whom Outlook would mail. */
  readonly guests: readonly string[];
}

/**
 * Outlook has no quiet write: https://learn.microsoft.com/en-us/graph/api/user-post-events "the invitation is sent". With
 * `external` only guests of other mail domains may be mailed, so one of the owner's own domain forbids the write.
 *
 * @throws ProviderError `invalid-request`, reason `guests-are-always-mailed`.
 */
export async function refuseQuietly(client: OutlookClient, { calendarId, notify, guests }: QuietWish): Promise<void> {
  if (notify === 'all' || guests.length === 0) return;
  if (notify === 'external') {
    const { owner } = await findCalendarFacts(client, calendarId);
    const own = domainOf(owner?.address ?? '');
    if (own !== '' && guests.every((address) => domainOf(address) !== own)) return;
  }
  throw unfitRequest(GUESTS_ARE_ALWAYS_MAILED, 'event');
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
