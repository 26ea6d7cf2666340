import type { PageShape } from '../page-rules.ts';
import { badRequest, errorForStatus } from './microsoft-error.ts';

/** Where a list goes on: after so many rows, on this page (from 1). */
interface SkipPosition {
  readonly kind: 'skip';
  readonly offset: number;
  readonly page: number;
}

export function encodeToken(token: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** The members of a token, or null for anything else. */
export function decodeToken(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof token === 'object' && token !== null ? { ...token } : null;
  } catch {
    return null;
  }
}

export interface ListRequest {
  readonly query: URLSearchParams;
  /** The address that was called, without its query. */
  readonly address: string;
  readonly shape: (page: number) => PageShape;
}

/** Observed: ten rows a page unless asked otherwise. The most that `$top` takes is not confirmed. */
const DEFAULT_SIZE = 10;
const MAX_SIZE = 1000;

/** One page of rows: `value`, and `@odata.nextLink` while there are more. @throws GraphError */
export function pageOf<Row>(
  rows: readonly Row[],
  { query, address, shape }: ListRequest,
): { value: readonly Row[]; '@odata.nextLink'?: string; '@odata.count'?: number } {
  const position = readPosition(query);
  const cut = shape(position.page);
  if (cut.failStatus !== null) throw errorForStatus(cut.failStatus);
  const wanted = readCount(query, '$top') ?? DEFAULT_SIZE;
  const size = Math.min(wanted, MAX_SIZE, cut.size ?? MAX_SIZE);
  const all = cut.isEmptyList ? [] : rows.filter((_row, index) => !isDropped(index, cut.dropShare));
  const value = cut.isEmptyPage ? [] : all.slice(position.offset, position.offset + size);
  const offset = position.offset + value.length;
  const repeated = cut.repeatsIds && position.offset > 0 ? all.slice(position.offset - 1, position.offset) : [];
  const count = query.get('$count') === 'true' ? { '@odata.count': all.length } : {};
  if (offset >= all.length && !cut.isEmptyPage) return { ...count, value: [...repeated, ...value] };
  const next = new URLSearchParams([...query].filter(([name]) => name !== '$skip' && name !== '$skiptoken'));
  next.set('$skiptoken', encodeToken({ kind: 'skip', offset, page: position.page + 1 }));
  return { ...count, value: [...repeated, ...value], '@odata.nextLink': `${address}?${next.toString()}` };
}

/** Evenly chosen, as the page rules say it. */
export function isDropped(index: number, share: number): boolean {
  return Math.floor((index + 1) * share) > Math.floor(index * share);
}

function readCount(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw badRequest('BadRequest', `Invalid value '${text}' for ${name} query option found.`);
  return value;
}

function readPosition(query: URLSearchParams): SkipPosition {
  const text = query.get('$skiptoken');
  if (text === null) return { kind: 'skip', offset: readCount(query, '$skip') ?? 0, page: 1 };
  const token = decodeToken(text);
  if (token?.['kind'] !== 'skip') throw badRequest('BadRequest', 'The skip token is not valid.');
  return { kind: 'skip', offset: Number(token['offset']), page: Number(token['page']) };
}
