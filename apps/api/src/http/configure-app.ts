import type { CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import type { NestExpressApplication } from '@nestjs/platform-express';
import cookieParser from 'cookie-parser';
import { text, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { DomainError } from '@daymark/domain';
import { wireNames } from '@daymark/api-contract';
import { adminApp } from './admin-app.ts';
import { serveApiDocument } from './api-document.ts';
import { measureRequests } from './metrics.ts';
import { RequestContext } from './request-context.ts';

const BODY_LIMIT = '1mb';
/** Notices name what changed and carry nothing of it. */
const NOTICE_LIMIT = '256kb';
const WORKER_PAGES = new Set(['/healthz', '/readyz', '/metrics']);

/** What stands before the routes: ids, metrics, security headers, CORS, bodies, pages. Create the app with `bodyParser: false, rawBody: true`. */
export function configureApp(app: NestExpressApplication): void {
  const configuration = app.get<Configuration>(CONFIGURATION);
  const context = app.get(RequestContext);
  app.disable('x-powered-by');
  distinguishCase(app);
  app.set('trust proxy', configuration.trustedProxies);
  app.use((request: Request, response: Response, next: NextFunction) => context.handle(request, response, next));
  app.use(measureRequests);
  if (configuration.role === 'worker') app.use(refusePublicRoutes);
  app.use(securityHeaders(configuration));
  app.enableCors(corsFor(configuration));
  app.use(cookieParser());
  // Before JSON: notices are read by the provider, whatever type they come with.
  app.use('/ingress', text({ type: () => true, limit: NOTICE_LIMIT }));
  app.useBodyParser('json', { limit: BODY_LIMIT, strict: false, type: ['application/json', 'application/*+json'] });
  if (configuration.role !== 'worker') {
    serveApiDocument(app, configuration);
    app.use(adminApp(configuration.adminDir));
  }
}

/**
 * An address is ours as it is written, for the routes as for all that looks at addresses before and after them. Nest's adapter has used
 * the router before anybody can reach the setting `case sensitive routing`, so the router itself is told, before it has routes.
 */
function distinguishCase(app: NestExpressApplication): void {
  const { router } = app.getHttpAdapter().getInstance() as unknown as { readonly router: { caseSensitive?: boolean } };
  router.caseSensitive = true;
}

/** The cors middleware tells some of its headers to everybody unless it is switched off for the request. */
function corsFor({ corsOrigins }: Configuration): CorsOptionsDelegate<Request> {
  const exposedHeaders = [
    wireNames.etag,
    'Location',
    wireNames.requestId,
    wireNames.rateLimit,
    wireNames.rateLimitPolicy,
    wireNames.retryAfter,
    wireNames.providerRequests,
    wireNames.idempotencyReplayed,
  ];
  return (request, done) => {
    const origin = request.headers.origin;
    request.res?.vary('Origin');
    const isListed = origin !== undefined && corsOrigins.includes(origin);
    done(null as unknown as Error, isListed ? { origin, credentials: true, exposedHeaders, maxAge: 600 } : { origin: false });
  };
}

/** A worker has a port for probes only. */
function refusePublicRoutes(request: Request, _response: Response, next: NextFunction): void {
  next(
    WORKER_PAGES.has(request.path) ? undefined : new DomainError('not-found', 'This process does background work; it answers probes only.'),
  );
}

function securityHeaders(configuration: Configuration) {
  const isHttps = configuration.publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Component libraries set style attributes and elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'https:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: isHttps,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
}
