/**
 * JSON that PostgreSQL's jsonb takes: it holds neither U+0000 nor half of a surrogate pair, and calendars
 * of people sometimes do. Each becomes U+FFFD. Escapes that people typed as text stay.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\\ufffd');
}
