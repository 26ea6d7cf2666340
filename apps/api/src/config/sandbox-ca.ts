import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { ConfigurationFault } from './configuration-error.ts';

const SETTING = 'DAYMARK_SANDBOX_CA_FILE';

/** The certificate of the sandbox's authority, as PEM; null without the setting. Outside of a demo naming one is a fault. */
export function readSandboxCa(env: Readonly<Record<string, string | undefined>>, faults: ConfigurationFault[]): string | null {
  const file = env[SETTING];
  if (file === undefined) return null;
  if ((env['DAYMARK_MODE'] ?? 'demo') !== 'demo') {
    const cause = 'makes whoever holds the key of the sandbox trusted for every address';
    faults.push({ setting: SETTING, cause, fix: 'unset it, or set DAYMARK_MODE=demo' });
    return null;
  }
  // Since Node 22.19 and 24.5; types know the newest only.
  if (!('setDefaultCACertificates' in tls)) {
    faults.push({ setting: SETTING, cause: 'needs Node 22.19 or newer', fix: 'start with `npm start`, which brings its own, or unset it' });
    return null;
  }
  try {
    const pem = readFileSync(file, 'utf8');
    return new X509Certificate(pem).ca ? pem : refuse(faults, 'holds a certificate that is no authority');
  } catch (error) {
    return refuse(faults, `cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Trusts it for all connections that are made from now on, besides what is trusted anyway. */
export function trustSandboxCa(pem: string | null): void {
  if (pem !== null) tls.setDefaultCACertificates([...tls.getCACertificates('default'), pem]);
}

function refuse(faults: ConfigurationFault[], cause: string): null {
  faults.push({ setting: SETTING, cause, fix: 'start with `npm start`, which makes it, or unset it' });
  return null;
}
