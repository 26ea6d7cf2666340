/** Answers to `fields=items(id,start/date),nextPageToken`: which members to keep, null for all below. */
type Mask = Map<string, Mask | null>;

/** Keeps what the partial response parameter names. @throws SyntaxError for a mask that cannot be read. */
export function applyFieldMask(body: unknown, mask: string): unknown {
  const reader = { text: mask, at: 0 };
  const parsed = readMask(reader);
  if (reader.at !== mask.length) throw new SyntaxError(mask);
  return keep(body, parsed);
}

function readMask(reader: { text: string; at: number }): Mask {
  const mask: Mask = new Map();
  for (;;) {
    const name = /^[A-Za-z0-9_*-]+/.exec(reader.text.slice(reader.at))?.[0];
    if (name === undefined) throw new SyntaxError(reader.text);
    reader.at += name.length;
    mask.set(name, readBelow(reader));
    if (reader.text[reader.at] !== ',') return mask;
    reader.at += 1;
  }
}

function readBelow(reader: { text: string; at: number }): Mask | null {
  const sign = reader.text[reader.at];
  if (sign === '/') {
    reader.at += 1;
    const name = /^[A-Za-z0-9_*-]+/.exec(reader.text.slice(reader.at))?.[0];
    if (name === undefined) throw new SyntaxError(reader.text);
    reader.at += name.length;
    return new Map([[name, readBelow(reader)]]);
  }
  if (sign !== '(') return null;
  reader.at += 1;
  const mask = readMask(reader);
  if (reader.text[reader.at] !== ')') throw new SyntaxError(reader.text);
  reader.at += 1;
  return mask;
}

function keep(value: unknown, mask: Mask | null): unknown {
  if (mask === null || mask.has('*')) return value;
  if (Array.isArray(value)) return value.map((item) => keep(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => {
      const below = mask.get(name);
      return below === undefined ? [] : [[name, keep(part, below)]];
    }),
  );
}
