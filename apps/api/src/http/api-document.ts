import type { INestApplication } from '@nestjs/common';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { openApiDocument } from '@daymark/api-contract';
import type { NextFunction, Request, Response } from 'express';
import type { Configuration } from '../config/config.ts';
import { PRODUCT_VERSION } from './product-version.ts';
import { addCsrfToken } from './try-it-out.ts';

/** `/openapi.json` and the interactive page at `/docs`, both from the contract; all assets are served from here. */
export function serveApiDocument(app: INestApplication, configuration: Configuration): void {
  const document = openApiDocument({ serverUrl: configuration.publicUrl, version: PRODUCT_VERSION });
  app.use((request: Request, response: Response, next: NextFunction) => {
    const isAsked = request.path === '/openapi.json' && (request.method === 'GET' || request.method === 'HEAD');
    if (isAsked) response.json(document);
    else next();
  });
  SwaggerModule.setup('docs', app, document as unknown as OpenAPIObject, {
    raw: false,
    customSiteTitle: 'Daymark API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tagsSorter: 'alpha', requestInterceptor: addCsrfToken },
  });
}
