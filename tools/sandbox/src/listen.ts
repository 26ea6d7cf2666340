import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { Express } from 'express';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves on loopback only; closing ends open connections, also those that a fault holds. */
export async function listen(app: Express, port: number): Promise<Listening> {
  const server: Server = createServer(app);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
