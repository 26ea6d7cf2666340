/** Control characters, and those that turn the direction of what follows: nothing a person typed on purpose. */
const unwanted = /[\p{Cc}\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;

/** Text for one line, a subject for example: no line breaks, at most `maxLength` characters. */
export function oneLine(text: string, maxLength = 300): string {
  const line = text
    .replace(/[\t\r\n\v\f\u2028\u2029\u0085]+/g, ' ')
    .replace(unwanted, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= maxLength ? line : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** Text of several lines, each one trimmed at its end, at most `maxLength` characters. */
export function manyLines(text: string, maxLength = 5_000): string {
  const lines = text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .split('\n')
    .map((line) => line.replaceAll('\t', ' ').replace(unwanted, '').trimEnd());
  const joined = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  const characters = [...joined];
  return characters.length <= maxLength ? joined : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** Safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** An http(s) address that can be a link, in ASCII; null for anything else (`javascript:`, `data:`, broken ones). */
export function webUrl(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed.length > 2_000 || /[\s"'<>\\`]/.test(trimmed) || trimmed.search(unwanted) !== -1 || !/^https?:\/\//i.test(trimmed))
    return null;
  return URL.canParse(trimmed) ? new URL(trimmed).href : null;
}
