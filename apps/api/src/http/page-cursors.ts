import { DomainError, type Instant, type Uuid } from '@daymark/domain';

/** A page of a list and where the next one starts. */
export interface Page<T> {
  readonly data: T[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

/** An opaque cursor: whatever sorts the list, as JSON in base64url. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/** @throws DomainError `cursor-invalid` for anything that is not a cursor of this many parts. */
function decodeCursor(cursor: string | undefined, parts: number): readonly (string | number)[] | null {
  if (cursor === undefined) return null;
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isPosition =
      Array.isArray(position) &&
      position.length === parts &&
      position.every((part) => typeof part === 'string' || typeof part === 'number');
    if (isPosition) return position as (string | number)[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw foreignCursor();
}

/** The uuid that a list sorted by id goes on after. @throws DomainError `cursor-invalid` */
export function cursorId(cursor: string | undefined): Uuid | null {
  const position = decodeCursor(cursor, 1);
  if (position === null) return null;
  const [id] = position;
  if (isUuid(id)) return id;
  throw foreignCursor();
}

/** The whole number, not negative, that a list goes on at. @throws DomainError `cursor-invalid` */
export function cursorNumber(cursor: string | undefined): number | null {
  const position = decodeCursor(cursor, 1);
  if (position === null) return null;
  const [number] = position;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw foreignCursor();
}

/** The time (milliseconds) and the uuid that a list sorted by both goes on after. @throws DomainError `cursor-invalid` */
export function cursorTimeAndId(cursor: string | undefined): { readonly at: Instant; readonly id: Uuid } | null {
  const position = decodeCursor(cursor, 2);
  if (position === null) return null;
  const [at, id] = position;
  const isTime = typeof at === 'number' && Number.isInteger(at) && at >= TIMES_MS.first && at <= TIMES_MS.last;
  if (isTime && isUuid(id)) return { at: at as Instant, id };
  throw foreignCursor();
}

/** Cuts a list that was read one row longer than asked for. */
export function pageOfRows<Row, T>(
  rows: readonly Row[],
  { limit, positionOf, view }: { limit: number; positionOf: (row: Row) => readonly (string | number)[]; view: (row: Row) => T },
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return { data: shown.map(view), next_cursor: hasMore && last !== undefined ? encodeCursor(positionOf(last)) : null, has_more: hasMore };
}

/** The years 1 to 9999: what dates and PostgreSQL both know, and write alike. */
const TIMES_MS = { first: -62_135_596_800_000, last: 253_402_300_799_999 } as const;

function isUuid(value: unknown): value is Uuid {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

function foreignCursor(): DomainError {
  return new DomainError('cursor-invalid', 'the cursor was not made by this list');
}
