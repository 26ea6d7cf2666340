import type { INestApplication } from '@nestjs/common';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { openApiDocument } from '@daymark/api-contract';
import type { Request, Response } from 'express';
import type { Configuration } from '../config/config.ts';
import { PRODUCT_VERSION } from './product-version.ts';

/** `/openapi.json` and the interactive page at `/docs`, both from the contract; all assets are served from here. */
export function serveApiDocument(app: INestApplication, configuration: Configuration): void {
  const document = openApiDocument({ serverUrl: configuration.publicUrl, version: PRODUCT_VERSION });
  app.use('/openapi.json', (_request: Request, response: Response) => void response.json(document));
  SwaggerModule.setup('docs', app, document as unknown as OpenAPIObject, {
    raw: false,
    customSiteTitle: 'Daymark API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tagsSorter: 'alpha' },
  });
}
