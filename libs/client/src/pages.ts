/** A page as every list answers it. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

/**
 * Every item of a list, page after page:
 * `for await (const one of itemsOf((cursor) => daymark.listMeetings({ query: { cursor } }))) …`
 */
export async function* itemsOf<T>(readPage: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined;
  for (;;) {
    const page = await readPage(cursor);
    yield* page.data;
    if (!page.has_more || page.next_cursor === null) return;
    cursor = page.next_cursor;
  }
}

/** The value for `If-Match`, from a resource as it was read. */
export function ifMatch(resource: { readonly version: number }): string {
  return `"${resource.version}"`;
}
