import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './start-error.ts';

export interface WantedPort {
  readonly port: number;
  readonly use: string;
}

const GRACE_MS = 5_000;

/**
 * Throws when a port is taken; waits a little first, because a killed Daymark's processes need a moment to leave. `ours` is thrown
 * instead, and at once, when a Daymark on the same folder is known to run.
 */
export async function requireFreePorts(
  wanted: readonly WantedPort[],
  { host, basePort, ours = null }: { host: string; basePort: number; ours?: StartError | null },
): Promise<void> {
  const deadline = Date.now() + GRACE_MS;
  for (const { port, use } of wanted) {
    for (;;) {
      const fault = await tryToListen(port, host);
      if (fault === null) break;
      if (fault === 'EADDRINUSE' && ours !== null) throw ours;
      if (fault === 'EADDRINUSE' && Date.now() < deadline) {
        await sleep(100);
        continue;
      }
      throw describe({ port, use }, { fault, host, basePort });
    }
  }
}

function describe({ port, use }: WantedPort, { fault, host, basePort }: { fault: string; host: string; basePort: number }): StartError {
  if (fault === 'EADDRINUSE') {
    return new StartError(`port ${port} (${use}) is used by another program`, {
      fix: `stop that program, or choose others: PORT=${basePort + 100} npm start`,
    });
  }
  if (fault === 'EACCES')
    return new StartError(`port ${port} (${use}) needs more rights`, { setting: 'PORT', fix: 'choose a PORT above 1023' });
  return new StartError(`${host}:${port} (${use}) cannot be listened on (${fault})`, {
    setting: 'HOST',
    fix: 'set HOST to an address of this machine',
  });
}

function tryToListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) => resolve(cause.code ?? cause.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

export function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: isAnyAddress(host) ? 'localhost' : host, timeout: 1_000 });
    const finish = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => finish(true));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
  });
}

/** Listening there means listening on each address of the machine. */
export function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
