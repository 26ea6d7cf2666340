/** Everything that could end a line or a header, and what no calendar shows. */
const controls = /[\p{Cc}\u2028\u2029]/gu;

/** Text of several lines: one kind of line break, no other control characters. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(controls, (character) => (character === '\n' || character === '\t' ? character : ''));
}

/** Text of one line. */
export function cleanLine(text: string): string {
  return text.replace(/(?:\p{Cc}|[\u2028\u2029])+/gu, ' ').trim();
}

/** A person's name for a parameter, where a double quote cannot stand and some readers unescape backslashes. */
export function cleanName(name: string): string {
  return cleanLine(name).replaceAll('"', "'").replaceAll('\\', '/');
}

/** An address that can be written without escaping, or null. */
export function cleanUrl(url: string): string | null {
  const trimmed = url.trim();
  return /^[a-z][a-z0-9+.-]*:[^\s"<>\p{Cc}]+$/iu.test(trimmed) ? trimmed : null;
}

/** A mail address that can be written without escaping, or null. */
export function cleanEmail(email: string): string | null {
  const trimmed = email.trim();
  return /^[^\s"<>;:,\p{Cc}]+@[^\s"<>;:,\p{Cc}]+$/u.test(trimmed) ? trimmed : null;
}
