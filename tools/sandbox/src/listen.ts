import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Express } from 'express';
import type { ServerCertificate } from './tls/development-ca.ts';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves on loopback only, over TLS when given a certificate; closing ends open connections, also those that a fault holds. */
export async function listen(app: Express, port: number, certificate: ServerCertificate | null = null): Promise<Listening> {
  const server = certificate === null ? createServer(app) : createTlsServer(certificate, app);
  // Longer than any client keeps one: whoever is ended by the server while it asks cannot tell whether it was heard.
  server.keepAliveTimeout = 15 * 60_000;
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
