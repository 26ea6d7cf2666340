import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** How to reach a cluster: written once with it, mode 0600; only the port may change. */
export interface ClusterAccess {
  readonly port: number;
  readonly superuserPassword: string;
  readonly ownerPassword: string;
}

export const SUPERUSER = 'postgres';
export const OWNER = 'daymark';
export const DATABASE = 'daymark';

export async function createAccess(): Promise<ClusterAccess> {
  return { port: await findFreePort(), superuserPassword: createPassword(), ownerPassword: createPassword() };
}

export async function readAccess(folder: string): Promise<ClusterAccess | null> {
  const text = await readFile(accessFile(folder), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
  return text === null ? null : (JSON.parse(text) as ClusterAccess);
}

export async function writeAccess(folder: string, access: ClusterAccess): Promise<void> {
  const temporary = `${accessFile(folder)}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, accessFile(folder));
}

export function connectionUrl(access: ClusterAccess, { as, database }: { as: 'superuser' | 'owner'; database: string }): string {
  const [user, password] = as === 'superuser' ? [SUPERUSER, access.superuserPassword] : [OWNER, access.ownerPassword];
  return `postgres://${user}:${password}@127.0.0.1:${access.port}/${database}`;
}

export async function findFreePort(): Promise<number> {
  const port = await listenOn(0);
  if (port === null) throw new Error('No free TCP port on 127.0.0.1.');
  return port;
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await listenOn(port)) !== null;
}

function listenOn(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}

function accessFile(folder: string): string {
  return join(folder, 'access.json');
}

function createPassword(): string {
  return randomBytes(24).toString('base64url');
}
