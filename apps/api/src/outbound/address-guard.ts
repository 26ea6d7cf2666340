import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';

/** An address that outbound calls may not reach. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'EFORBIDDENADDRESS';
}

/** All that is assigned as public IPv6 (RFC 4291 §2.4); what is outside of it wraps IPv4 in forgotten ways. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address belongs to the public internet; IPv4 inside IPv6 counts as the IPv4 it is. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const read = ipaddr.process(address);
  if (read.range() !== 'unicast') return false;
  return read instanceof ipaddr.IPv4 || read.match(GLOBAL_UNICAST);
}

/**
 * Connects only to public addresses. It looks at the resolved address at the moment of connecting, so
 * it holds at every hop of a redirect and against names that resolve differently the second time.
 */
export function guardedConnector({ allowsPrivate, timeoutMs }: { allowsPrivate: boolean; timeoutMs: number }): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 0);
      const allowed = allowsPrivate ? addresses : addresses.filter(({ address }) => isPublicAddress(address));
      if (allowed.length === 0) return done(new ForbiddenAddressError(`${hostname} does not resolve to a public address`), '', 0);
      if (options.all === true) return done(null, allowed as unknown as string, 0);
      const first: LookupAddress = allowed[0]!;
      return done(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ timeout: timeoutMs, lookup });
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (!allowsPrivate && isIP(host) !== 0 && !isPublicAddress(host)) {
      done(new ForbiddenAddressError(`${host} is not a public address`), null);
      return;
    }
    connect(options, done);
  };
}
