import { isIP } from 'node:net';
import type { ConfigurationFault } from './configuration-error.ts';

/** How many proxies stand in front, counted from us, or the names, addresses and networks of those that do. */
export type TrustedProxies = number | readonly string[];

const SETTING = 'DAYMARK_TRUST_PROXY';
const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);
const MOST_HOPS = 10;
const FIX =
  'write how many proxies stand in front (0 to 10), or their addresses and networks separated by commas: loopback, linklocal, uniquelocal, 10.0.0.0/8';

/** Reads `DAYMARK_TRUST_PROXY`; what cannot be meant is added to the faults, because Express would take some of it for something else. */
export function readTrustedProxies(text: string, faults: ConfigurationFault[]): TrustedProxies {
  const words = text.split(',').map((word) => word.trim());
  const [first] = words;
  if (words.length === 1 && /^\d+$/.test(first!) && Number(first) <= MOST_HOPS) return Number(first);
  const wrong = words.filter((word) => !NAMED_NETWORKS.has(word) && !isAddress(word) && !isNetwork(word));
  for (const word of new Set(wrong)) faults.push({ setting: SETTING, cause: causeOf(word), fix: FIX });
  return words;
}

function causeOf(word: string): string {
  if (word === 'true' || /\/0+$/.test(word)) return `is ${word}, so that everybody could say where a request comes from`;
  return `holds '${word}', which is neither a number of proxies nor an address nor a network`;
}

function isAddress(word: string): boolean {
  return isIP(word) !== 0 && !word.includes('%');
}

function isNetwork(word: string): boolean {
  const [, address = '', bits] = /^([^/]+)\/([1-9]\d{0,2})$/.exec(word) ?? [];
  return isAddress(address) && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
}
