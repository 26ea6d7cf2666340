import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openServerCertificate } from './development-ca.ts';

const NOW = Date.parse('2026-11-20T08:00:00Z');
const YEAR_MS = 365 * 86_400_000;

let dataDir: string;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'daymark-sandbox-ca-spec-'))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the sandbox’s own authority', () => {
  it('signs a certificate for this machine alone', async () => {
    const { cert, caPem } = await openServerCertificate(null, { nowMs: NOW });
    const [leaf, ca] = [new X509Certificate(cert), new X509Certificate(caPem)];
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect([ca.ca, leaf.ca]).toEqual([true, false]);
    expect([leaf.checkIP('127.0.0.1'), leaf.checkHost('localhost'), leaf.checkHost('graph.microsoft.com')]).toEqual([
      '127.0.0.1',
      'localhost',
      undefined,
    ]);
  });

  it('stays the same over restarts, with a key for the owner only and a certificate for callers', async () => {
    const first = await openServerCertificate(dataDir, { nowMs: NOW });
    const second = await openServerCertificate(dataDir, { nowMs: NOW + YEAR_MS });
    expect(second.caPem).toBe(first.caPem);
    expect(second.cert).not.toBe(first.cert);
    expect(statSync(join(dataDir, 'sandbox-ca.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'sandbox-ca.pem'), 'utf8')).toBe(first.caPem);
    expect(readFileSync(join(dataDir, 'sandbox-ca.pem'), 'utf8')).not.toContain('PRIVATE KEY');
  });

  it('is made anew more than a year before it ends', async () => {
    const first = await openServerCertificate(dataDir, { nowMs: NOW });
    const endMs = new X509Certificate(first.caPem).validToDate.getTime();
    const second = await openServerCertificate(dataDir, { nowMs: endMs - YEAR_MS });
    expect(second.caPem).not.toBe(first.caPem);
    expect(new X509Certificate(second.cert).validToDate.getTime()).toBeGreaterThan(endMs);
    expect(readFileSync(join(dataDir, 'sandbox-ca.pem'), 'utf8')).toBe(second.caPem);
  });

  it('is never replaced when its file cannot be read', async () => {
    writeFileSync(join(dataDir, 'sandbox-ca.json'), '{ broken');
    await expect(openServerCertificate(dataDir, { nowMs: NOW })).rejects.toThrow(SyntaxError);
    expect(readFileSync(join(dataDir, 'sandbox-ca.json'), 'utf8')).toBe('{ broken');
  });
});
