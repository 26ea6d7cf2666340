import { badRequest, fullSyncRequired } from './google-error.ts';
import type { GoogleAccount, GoogleCalendar } from './google-state.ts';
import { canonicalJson } from '../canonical-json.ts';

/** Where an incremental read goes on, bound to calendar, reader and parameters. */
export interface SyncPosition {
  readonly kind: 'sync';
  readonly scope: string;
  readonly reader: string;
  readonly generation: string;
  readonly position: number;
  readonly parameters: string;
}

/** Where the next page of a list starts. */
export interface PagePosition {
  readonly kind: 'page';
  readonly parameters: string;
  readonly after: readonly (string | number)[];
  /** The change log when the list began, for the sync token at its end. */
  readonly position: number;
  readonly page: number;
}

export function encodeToken(token: SyncPosition | PagePosition): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** @throws GoogleApiError 400 for anything that is not a page token of this very request. */
export function readPageToken(text: string, parameters: string): PagePosition {
  const token = decode(text);
  if (token === null || token.kind !== 'page' || token.parameters !== parameters) {
    throw badRequest('Invalid page token value.', { location: 'pageToken' });
  }
  return token;
}

/** @throws GoogleApiError 410 for a dead token, 400 for one made with other parameters. */
export function readSyncToken(text: string, expected: Omit<SyncPosition, 'kind' | 'position'>): SyncPosition {
  const token = decode(text);
  if (token === null || token.kind !== 'sync') throw fullSyncRequired();
  if (token.scope !== expected.scope || token.reader !== expected.reader || token.generation !== expected.generation)
    throw fullSyncRequired();
  if (token.parameters !== expected.parameters) {
    throw badRequest('Sync token cannot be used with these parameters.', { location: 'syncToken' });
  }
  return token;
}

export function generationOf(calendar: GoogleCalendar, reader: GoogleAccount): string {
  return `${calendar.tokenGeneration}.${calendar.readerGenerations.get(reader.email) ?? 0}`;
}

export function parametersHash(parameters: Readonly<Record<string, unknown>>): string {
  return canonicalJson(parameters);
}

function decode(text: string): SyncPosition | PagePosition | null {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof token !== 'object' || token === null || !('kind' in token)) return null;
    return token.kind === 'sync' || token.kind === 'page' ? (token as SyncPosition | PagePosition) : null;
  } catch {
    return null;
  }
}

/** Orders the keys by which lists are sorted and paged. */
export function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const left = a[index] ?? '';
    const right = b[index] ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
