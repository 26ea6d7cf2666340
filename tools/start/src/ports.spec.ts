import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answers, requireFreePorts } from './ports.ts';
import { alreadyRunning } from './running-start.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))));

async function occupy(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('the ports of a start', () => {
  it('names the port that is taken, what it is for, and how to move', async () => {
    const port = await occupy();
    await expect(requireFreePorts([{ port, use: 'the simulated Google' }], { host: '127.0.0.1', basePort: 3000 })).rejects.toMatchObject({
      message: `port ${port} (the simulated Google) is used by another program`,
      fix: 'stop that program, or choose others: PORT=3100 npm start',
    });
  });

  it('says at once that it is our own Daymark, when one is known to run on the folder', async () => {
    const port = await occupy();
    const ours = alreadyRunning({ pid: 7, url: 'https://cal.corp.example' }, '/data');
    const asked = requireFreePorts([{ port, use: 'Daymark' }], { host: '127.0.0.1', basePort: port, ours });
    await expect(asked).rejects.toThrow('Daymark is already running on this folder, at https://cal.corp.example');
  });

  it('waits for a port that is about to be given back', async () => {
    const port = await occupy();
    const asked = requireFreePorts([{ port, use: 'Daymark' }], { host: '127.0.0.1', basePort: port });
    expect(await answers(port, '127.0.0.1')).toBe(true);
    servers.pop()?.close();
    await asked;
    expect(await answers(port, '127.0.0.1')).toBe(false);
  });
});
