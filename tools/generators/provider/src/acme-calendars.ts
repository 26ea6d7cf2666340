import type { ProviderCalendar } from '@daymark/provider-contract';
import type { AcmeConnection } from './acme-api.ts';
import { notWritten } from './acme-error.ts';

/** Every calendar of the account, all pages; they are whole or this throws. */
export function listAcmeCalendars(_connection: AcmeConnection): Promise<readonly ProviderCalendar[]> {
  return Promise.reject(notWritten('Listing calendars'));
}
