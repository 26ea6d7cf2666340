import type { ChangePage, ChangeRequest, EventRef, OccurrenceRef, ProviderEvent } from '@daymark/provider-contract';
import type { AcmeConnection } from './acme-api.ts';
import { notWritten } from './acme-error.ts';

/** One page of what changed. An empty one means that nothing is there; what is not known is thrown. */
export function listAcmeChanges(_connection: AcmeConnection, _request: ChangeRequest): Promise<ChangePage> {
  return Promise.reject(notWritten('Reading changes'));
}

/** Null when it is gone; a calendar out of reach is thrown. */
export function getAcmeEvent(_connection: AcmeConnection, _ref: EventRef): Promise<ProviderEvent | null> {
  return Promise.reject(notWritten('Reading an event'));
}

/** Null when the series has none there, or it was taken out. */
export function getAcmeOccurrence(_connection: AcmeConnection, _ref: OccurrenceRef): Promise<ProviderEvent | null> {
  return Promise.reject(notWritten('Reading an occurrence'));
}
