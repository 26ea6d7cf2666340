import type { NextFunction, Request, Response, Router } from 'express';
import express from 'express';
import { z } from 'zod';
import { seedDemo } from '../demo/seed-demo.ts';
import { seedMicrosoftDemo } from '../demo/seed-microsoft-demo.ts';
import type { FaultRules } from '../fault-rules.ts';
import { GoogleApiError } from '../google/google-error.ts';
import type { GoogleSandbox } from '../google/google-sandbox.ts';
import type { Journal } from '../journal.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { GraphError } from '../microsoft/microsoft-error.ts';
import type { MicrosoftSandbox } from '../microsoft/microsoft-sandbox.ts';
import type { PageRules } from '../page-rules.ts';
import type { SandboxClock } from '../sandbox-clock.ts';
import { readFaultRule, readPageRule } from './control-rules.ts';
import { controlGoogleRoutes } from './control-google.ts';
import { controlMicrosoftRoutes } from './control-microsoft.ts';

export interface ControlledSandbox {
  readonly google: GoogleSandbox;
  readonly microsoft: MicrosoftSandbox;
  readonly mail: Mailbox;
  readonly journal: Journal;
  readonly faults: FaultRules;
  readonly pages: PageRules;
  readonly clock: SandboxClock;
  reset(): void;
  touch(): void;
}

const clockBody = z.union([z.strictObject({ advanceMs: z.int() }), z.strictObject({ set: z.iso.datetime({ offset: true }) })]);

/** The side that tests and the demo use; it has its own port, so that a product never meets it. */
export function controlRoutes(sandbox: ControlledSandbox): Router {
  const router = express.Router();
  router.use(refuseOtherSites, express.json({ limit: '50mb' }));
  router.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.post('/reset', (_request, response) => {
    sandbox.reset();
    response.json({});
  });
  router.post('/seed/demo', (_request, response) => {
    const nowMs = sandbox.clock.now();
    response.json({ ...seedDemo(sandbox.google, { nowMs }), microsoft: seedMicrosoftDemo(sandbox.microsoft, { nowMs }) });
  });

  router.get('/clock', (_request, response) => {
    response.json({ now: new Date(sandbox.clock.now()).toISOString(), offsetMs: sandbox.clock.offsetMs() });
  });
  router.post('/clock', (request, response) => {
    const wish = clockBody.parse(request.body);
    if ('set' in wish) sandbox.clock.set(Date.parse(wish.set));
    else sandbox.clock.advance(wish.advanceMs);
    sandbox.touch();
    response.json({ now: new Date(sandbox.clock.now()).toISOString(), offsetMs: sandbox.clock.offsetMs() });
  });

  router.get('/journal', (request, response) => {
    const { operation, account, applied } = request.query;
    response.json({
      items: sandbox.journal.list({
        operation: textOf(operation),
        account: textOf(account),
        applied: applied === undefined ? undefined : applied === 'true',
      }),
    });
  });
  router.delete('/journal', (_request, response) => {
    sandbox.journal.clear();
    response.json({});
  });

  router.get('/mail', (request, response) => {
    response.json({
      items: sandbox.mail
        .list({ to: textOf(request.query.to), subject: textOf(request.query.subject) })
        .map(({ raw: _raw, ...mail }) => mail),
    });
  });
  router.get('/mail/:id', (request, response) => {
    const mail = sandbox.mail.find(request.params.id);
    response.status(mail === null ? 404 : 200).json(mail ?? { error: 'not found' });
  });
  router.delete('/mail', (_request, response) => {
    sandbox.mail.clear();
    response.json({});
  });

  router.get('/faults', (_request, response) => {
    response.json({ items: sandbox.faults.list() });
  });
  router.post('/faults', (request, response) => {
    response.json({ id: sandbox.faults.add(readFaultRule(request.body)) });
  });
  router.delete('/faults', (_request, response) => {
    sandbox.faults.clear();
    response.json({});
  });
  router.get('/pages', (_request, response) => {
    response.json({ items: sandbox.pages.list().map(({ id, rule }) => ({ id, rule })) });
  });
  router.post('/pages', (request, response) => {
    response.json({ id: sandbox.pages.add(readPageRule(request.body)) });
  });
  router.delete('/pages', (_request, response) => {
    sandbox.pages.clear();
    response.json({});
  });

  router.use('/google', controlGoogleRoutes(sandbox.google));
  router.use('/microsoft', controlMicrosoftRoutes(sandbox.microsoft));
  router.use((_request, response) => {
    response.status(404).json({ error: 'no such control' });
  });
  router.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (error instanceof GoogleApiError) response.status(error.options.status).json(error.body());
    else if (error instanceof GraphError) response.status(error.status).json({ error: { code: error.code, message: error.message } });
    else if (error instanceof z.ZodError) response.status(400).json({ error: z.prettifyError(error) });
    else response.status(error instanceof SyntaxError || error instanceof RangeError ? 400 : 500).json({ error: String(error) });
  });
  return router;
}

/** A page of another site that is open in the same browser has no business here. */
function refuseOtherSites(request: Request, response: Response, next: NextFunction): void {
  const site = request.get('sec-fetch-site');
  if (site === undefined || site === 'none' || site === 'same-origin') next();
  else response.status(403).json({ error: 'not from another site' });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
