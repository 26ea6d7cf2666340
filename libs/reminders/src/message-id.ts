import { createHash } from 'node:crypto';

/**
 * The Message-ID (RFC 5322, with angle brackets) of whatever has this key: always the same one, so
 * that a repeated mail is known as the one that came before. It tells nothing about the recipient.
 */
export function messageIdOf(key: string, domain: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(domain)) throw new RangeError('not a domain for message ids');
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`;
}
