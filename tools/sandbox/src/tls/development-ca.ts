import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a TLS server on this machine shows, and whom its callers have to trust for it; all as PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  readonly caPem: string;
}

/** A certificate authority of one folder: whoever trusts it trusts what was made there, and nobody else has its key. */
const authority = z.strictObject({ key: z.string(), cert: z.string() });
type Authority = z.infer<typeof authority>;

const DAY_MS = 86_400_000;
const LIFE_MS = 3650 * DAY_MS;
/** Longer than anything runs without a restart: certificates live as long as their authority, and are made at each start. */
const RENEWED_BEFORE_MS = 400 * DAY_MS;
/** Clocks of two processes on one machine may be read in another order. */
const BACKDATED_MS = DAY_MS;
const FILE = 'sandbox-ca.json';
/** The certificate alone, for callers on the same machine. */
export const CA_FILE = 'sandbox-ca.pem';
const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/**
 * A certificate for `localhost` and the loopback addresses. With a folder the authority behind it is kept there (mode 0600) and stays the
 * same over restarts, until it has to be renewed, and its certificate lies beside it as `sandbox-ca.pem`; with null it lives in memory. `nowMs` is the machine's time: callers check by it.
 */
export async function openServerCertificate(dataDir: string | null, { nowMs }: { nowMs: number }): Promise<ServerCertificate> {
  const kept = dataDir === null ? null : readAuthority(join(dataDir, FILE));
  const ca = kept !== null && endOf(kept) - nowMs > RENEWED_BEFORE_MS ? kept : await makeAuthority(nowMs);
  if (dataDir !== null) keepAuthority(dataDir, { ca, isNew: ca !== kept });
  const { generate } = await import('selfsigned');
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...EC,
    ca,
    notBeforeDate: new Date(nowMs - BACKDATED_MS),
    notAfterDate: new Date(endOf(ca)),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { key: leaf.private, cert: leaf.cert, caPem: ca.cert };
}

async function makeAuthority(nowMs: number): Promise<Authority> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'Daymark sandbox CA' }], {
    ...EC,
    notBeforeDate: new Date(nowMs - BACKDATED_MS),
    notAfterDate: new Date(nowMs + LIFE_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

function endOf({ cert }: Authority): number {
  return new X509Certificate(cert).validToDate.getTime();
}

/** @throws SyntaxError or ZodError for a file that is not ours: replacing it would take the trust away from running callers */
function readAuthority(file: string): Authority | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return authority.parse(JSON.parse(text));
}

function keepAuthority(dataDir: string, { ca, isNew }: { ca: Authority; isNew: boolean }): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (isNew) writeWhole(join(dataDir, FILE), { text: JSON.stringify(ca), mode: 0o600 });
  writeWhole(join(dataDir, CA_FILE), { text: ca.cert, mode: 0o644 });
}

function writeWhole(file: string, { text, mode }: { text: string; mode: number }): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}
