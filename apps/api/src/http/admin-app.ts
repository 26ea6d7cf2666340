import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { operations } from '@daymark/api-contract';
import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { htmlPage } from './html-page.ts';

/** Where the build of the admin app lies beside ours, in the workspace and in the image. */
const BUILT = resolve(import.meta.dirname, '../../../admin/dist');

/** First parts of addresses that belong to the API and its pages, so that the app never answers there. */
const reserved = new Set([...Object.values(operations).map(({ path }) => path.split('/')[1]!), 'docs', 'mcp', 'ingress']);

/**
 * Serves the admin app: files of the build, and its one page for every other address that a browser
 * visits. Without a build it says so.
 */
export function adminApp(directory: string | null): Router {
  const root = directory ?? BUILT;
  const router = Router();
  router.use((request: Request, _response: Response, next: NextFunction) => {
    if (reserved.has(request.path.split('/')[1] ?? '')) next('router');
    else next();
  });
  router.use('/assets', express.static(join(root, 'assets'), { immutable: true, maxAge: '1y', index: false, fallthrough: true }));
  router.use(express.static(root, { index: false, maxAge: 0 }));
  const page = readPage(root);
  router.use((request: Request, response: Response, next: NextFunction) => {
    const isVisit = (request.method === 'GET' || request.method === 'HEAD') && request.accepts(['html', 'json']) === 'html';
    if (!isVisit || /\.\w+$/.test(request.path)) next();
    else response.status(page.status).setHeader('Cache-Control', 'no-cache').type('html').send(page.html);
  });
  return router;
}

function readPage(root: string): { readonly status: number; readonly html: string } {
  const file = join(root, 'index.html');
  if (existsSync(file)) return { status: 200, html: readFileSync(file, 'utf8') };
  return {
    status: 503,
    html: htmlPage(
      'Not built',
      `<h1>The admin app is not built yet</h1>\n<p>Run <code>npm run build</code> and start again. The API works without it: see <a href="/docs">/docs</a>.</p>`,
    ),
  };
}
