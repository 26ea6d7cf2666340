import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Configuration } from '../config/config.ts';
import { ProviderUsage } from '../http/provider-usage.ts';
import { SystemClock } from '../ports/system-ports.ts';
import { isPublicAddress } from './address-guard.ts';
import { GuardedHttp } from './outbound-http.ts';

let server: Server;
let port: number;
const seen: string[] = [];

Logger.overrideLogger(false);

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (request.url === '/redirect') response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end();
    else if (request.url === '/endless') {
      const chunk = Buffer.alloc(1024 * 1024);
      const write = (): void => {
        while (response.write(chunk) && !response.destroyed);
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    } else if (request.url !== '/silent') response.end('here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function outbound(allowsPrivateAddresses: boolean, timeoutMs?: number): GuardedHttp {
  return new GuardedHttp({ allowsPrivateAddresses } as Configuration, new SystemClock(), new ProviderUsage(), timeoutMs);
}

const refused = { cause: expect.objectContaining({ name: 'ForbiddenAddressError' }) };

describe('an address', () => {
  it.each(['8.8.8.8', '142.250.185.78', '2a00:1450:4001:82b::200e', '::ffff:8.8.8.8'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '240.0.0.1',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001:db8::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '::7f00:1',
    'not an address',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('F48 an outbound call', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0177.0.0.1'])(
    'does not reach %s',
    async (host) => {
      const before = seen.length;
      await expect(outbound(false).fetchFor('test')(`http://${host}:${port}/secret`)).rejects.toMatchObject(refused);
      expect(seen).toHaveLength(before);
    },
  );

  it('reaches it where the operator allows private addresses', async () => {
    expect(await (await outbound(true).fetchFor('test')(`http://localhost:${port}/`)).text()).toBe('here');
  });

  it('does not follow a redirect', async () => {
    const answer = await outbound(true).fetchFor('test')(`http://127.0.0.1:${port}/redirect`);
    expect([answer.status, seen.includes('/inside')]).toEqual([302, false]);
  });

  it('gives up on a host that never answers', async () => {
    await expect(outbound(true, 200).fetchFor('test')(`http://127.0.0.1:${port}/silent`)).rejects.toThrow();
  });

  it('gives up on a body without end', async () => {
    const meter = { calls: 0, bytes: 0 };
    await expect(outbound(true).fetchFor('test', meter)(`http://127.0.0.1:${port}/endless`)).rejects.toThrow();
    expect(meter).toEqual({ calls: 1, bytes: 0 });
  });

  it('counts its calls and bytes for whom it was made', async () => {
    const meter = { calls: 0, bytes: 0 };
    const fetch = outbound(true).fetchFor('test', meter);
    await fetch(`http://127.0.0.1:${port}/`);
    await fetch(`http://127.0.0.1:${port}/`);
    expect(meter).toEqual({ calls: 2, bytes: 8 });
  });
});
