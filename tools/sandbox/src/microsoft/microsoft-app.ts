import type { Express, NextFunction, Request, Response } from 'express';
import express from 'express';
import type { GraphParts } from './microsoft-graph.ts';
import { microsoftGraphRoutes } from './microsoft-graph-routes.ts';
import { microsoftIdentityRoutes } from './microsoft-identity.ts';

/** Identity platform and Graph on one origin. */
export function microsoftApp(parts: GraphParts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use('/v1.0', microsoftGraphRoutes(parts));
  app.use(microsoftIdentityRoutes(parts.world, parts.tools));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    if (!response.headersSent)
      response.status(500).json({ error: { code: 'ErrorInternalServerError', message: 'An internal server error occurred.' } });
  });
  return app;
}
