/** What stands in a text where an address was. */
const ERASED = 'erased';

/**
 * A copy of JSON without a person: whoever is listed with the address is left out with all that is told of them, whoever
 * stands alone with it becomes null, and texts that mention it say that it was erased.
 */
export function forgetMentions(value: unknown, email: string): unknown {
  const mention = mentionOf(email);
  const forget = (one: unknown): unknown => {
    if (typeof one === 'string') return one.replace(mention, ERASED);
    if (Array.isArray(one)) return one.filter((item) => !isPerson(item, email)).map(forget);
    if (typeof one !== 'object' || one === null) return one;
    if (isPerson(one, email)) return null;
    return Object.fromEntries(Object.entries(one).map(([name, part]) => [name, forget(part)]));
  };
  return forget(value);
}

function isPerson(value: unknown, email: string): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'email' in value &&
    typeof value.email === 'string' &&
    value.email.toLowerCase() === email.toLowerCase()
  );
}

/** The whole address: `sam@a.example` is neither in `notsam@a.example` nor in `sam@a.example.org`. */
function mentionOf(email: string): RegExp {
  const literal = email.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_.!#$%&'*+/=?^\`{|}~-])${literal}(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])`, 'giu');
}
