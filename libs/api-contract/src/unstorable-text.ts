/** Where in a value something stands: names of fields and places in lists. */
export type ValuePath = readonly PropertyKey[];

interface Place {
  readonly value: unknown;
  readonly path: ValuePath;
}

/** Deeper than any request of the contract; what lies below is not walked, so that no request costs more than its length. */
export const DEEPEST = 32;

/** Why a place in a value is refused, whatever its schema says. */
export type Unstorable = { readonly path: ValuePath; readonly why: 'unstorable_text' | 'too_deep' };

/**
 * Where a value read from JSON or a query holds what no database column and no other program can take:
 * U+0000 or half of a surrogate pair, in text and in names of fields; and where it is nested deeper than {@link DEEPEST}.
 */
export function unstorables(value: unknown): readonly Unstorable[] {
  const found: Unstorable[] = [];
  const left: Place[] = [{ value, path: [] }];
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { value: inner, path } = place;
    if (typeof inner === 'string') {
      if (!isStorable(inner)) found.push({ path, why: 'unstorable_text' });
    } else if (typeof inner === 'object' && inner !== null) {
      if (path.length >= DEEPEST) found.push({ path, why: 'too_deep' });
      else {
        for (const [key, field] of Object.entries(inner)) {
          if (isStorable(key)) left.push({ value: field, path: [...path, key] });
          else found.push({ path: [...path, key], why: 'unstorable_text' });
        }
      }
    }
  }
  return found.reverse();
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
