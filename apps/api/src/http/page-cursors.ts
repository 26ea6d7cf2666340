import { DomainError, type Uuid } from '@daymark/domain';

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
export function decodeCursor(cursor: string | undefined, parts: number): readonly (string | number)[] | null {
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
  throw new DomainError('cursor-invalid', 'the cursor was not made by this list');
}

/** The uuid that a list sorted by id goes on after. */
export function cursorId(cursor: string | undefined): Uuid | null {
  const position = decodeCursor(cursor, 1);
  if (position === null) return null;
  const [id] = position;
  if (typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id as Uuid;
  throw new DomainError('cursor-invalid', 'the cursor was not made by this list');
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
