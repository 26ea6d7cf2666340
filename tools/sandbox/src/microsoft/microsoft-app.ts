import type { Express, NextFunction, Request, Response } from 'express';
import express from 'express';
import type { SandboxTools } from '../sandbox-tools.ts';
import { microsoftIdentityRoutes } from './microsoft-identity.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** Identity platform and Graph on one origin. */
export function microsoftApp(world: MicrosoftWorld, tools: SandboxTools): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(microsoftIdentityRoutes(world, tools));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    if (!response.headersSent)
      response.status(500).json({ error: { code: 'ErrorInternalServerError', message: 'An internal server error occurred.' } });
  });
  return app;
}
