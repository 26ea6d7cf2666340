import type { NextFunction, Request, Response } from 'express';
import express from 'express';
import { controlRoutes } from './control/control-api.ts';
import type { FaultRules } from './fault-rules.ts';
import { createFaultRules } from './fault-rules.ts';
import { errorForReason } from './google/google-error.ts';
import { googleCalendarRoutes } from './google/google-calendar-routes.ts';
import { googleOAuthRoutes } from './google/google-oauth.ts';
import type { NewGoogleClient } from './google/google-grants.ts';
import { registerClient } from './google/google-grants.ts';
import { createGooglePush } from './google/google-push.ts';
import type { GoogleSandbox } from './google/google-sandbox.ts';
import { createGoogleSandbox } from './google/google-sandbox.ts';
import { emptyGoogleState } from './google/google-state.ts';
import type { GoogleWorld } from './google/google-world.ts';
import type { Journal } from './journal.ts';
import { createJournal } from './journal.ts';
import { listen } from './listen.ts';
import { mailPages } from './mail/mail-page.ts';
import type { Mailbox } from './mail/mailbox.ts';
import { createMailbox } from './mail/mailbox.ts';
import { startSmtpCatcher } from './mail/smtp-catcher.ts';
import { microsoftApp } from './microsoft/microsoft-app.ts';
import type { NewMicrosoftClient } from './microsoft/microsoft-grants.ts';
import { registerClient as registerMicrosoftClient } from './microsoft/microsoft-grants.ts';
import { createMicrosoftNotices } from './microsoft/microsoft-notices.ts';
import type { MicrosoftSandbox } from './microsoft/microsoft-sandbox.ts';
import { createMicrosoftSandbox } from './microsoft/microsoft-sandbox.ts';
import { emptyMicrosoftState } from './microsoft/microsoft-state.ts';
import { createGraphThrottle } from './microsoft/microsoft-throttle.ts';
import type { MicrosoftWorld } from './microsoft/microsoft-world.ts';
import type { PageRules } from './page-rules.ts';
import { createPageRules } from './page-rules.ts';
import type { ClockSource, SandboxClock } from './sandbox-clock.ts';
import { createSandboxClock } from './sandbox-clock.ts';
import { emptySandboxState } from './sandbox-state.ts';
import { openStateStore } from './state-store.ts';
import { openServerCertificate } from './tls/development-ca.ts';

export interface SandboxOptions {
  /** Base port: Google here, SMTP at +1, control and mail pages at +2, Microsoft at +3. 0 (default): four free ports. */
  readonly port?: number;
  /** Where the state is kept; null (default): in memory only. */
  readonly dataDir?: string | null;
  /** What `now` is before any shift by the control side; default the machine's clock. */
  readonly clock?: ClockSource;
  readonly clients?: readonly NewGoogleClient[];
  /** Port of the Microsoft side, 0: a free one; default as `port` says. */
  readonly microsoftPort?: number;
  /** Serves the Microsoft side over https, with a certificate of the sandbox's own authority; default plain http. */
  readonly microsoftTls?: boolean;
  readonly microsoftClients?: readonly NewMicrosoftClient[];
}

export interface Sandbox {
  /** OAuth, OpenID and `/calendar/v3/` on one origin, without a trailing slash. */
  readonly googleUrl: string;
  /** Identity platform and Graph (`/v1.0/`) on one origin, without a trailing slash. */
  readonly microsoftUrl: string;
  /** Whom callers of an https `microsoftUrl` have to trust, as PEM; null with plain http. */
  readonly caPem: string | null;
  readonly smtpPort: number;
  /** Control API at `/control`, mail page at `/mail`. */
  readonly controlUrl: string;
  readonly google: GoogleSandbox;
  readonly microsoft: MicrosoftSandbox;
  readonly mail: Mailbox;
  readonly journal: Journal;
  readonly faults: FaultRules;
  readonly pages: PageRules;
  readonly clock: SandboxClock;
  /** Forgets people, calendars, mail, journal, rules and clock shift; clients and the signing key stay. */
  reset(): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Starts all servers of the sandbox on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const store = openStateStore(options.dataDir ?? null, emptySandboxState);
  const clock = createSandboxClock(options.clock ?? { now: () => Date.now() }, store.state.clock);
  Object.assign(store.state.google, { ...emptyGoogleState(), ...store.state.google });
  store.state.microsoft = { ...emptyMicrosoftState(), ...store.state.microsoft };
  const journal = createJournal();
  const faults = createFaultRules();
  const touch = (): void => {
    store.touch();
    push.poke();
  };
  const world: GoogleWorld = { state: store.state.google, clock, touch, flush: store.flush };
  const push = createGooglePush(world, { faults, journal });
  const pages = createPageRules();
  const tools = { faults, pages, journal, now: clock.now };
  const mailbox = createMailbox(store.state.mail, store.touch);
  const google = createGoogleSandbox(world, push);
  for (const client of options.clients ?? []) registerClient(world, client);

  let microsoftUrl = '';
  const microsoftWorld: MicrosoftWorld = {
    state: store.state.microsoft,
    clock,
    origin: () => microsoftUrl,
    touch: () => {
      store.touch();
      notices.poke();
    },
    flush: store.flush,
  };
  const notices = createMicrosoftNotices(microsoftWorld, { faults, journal });
  const throttle = createGraphThrottle(microsoftWorld);
  const microsoft = createMicrosoftSandbox(microsoftWorld, { notices, throttle });
  for (const client of options.microsoftClients ?? []) registerMicrosoftClient(microsoftWorld, client);

  const basePort = options.port ?? 0;
  const portAt = (offset: number): number => (basePort === 0 ? 0 : basePort + offset);
  let googleUrl = '';
  const googleApp = express();
  googleApp.disable('x-powered-by').disable('etag');
  googleApp.use('/calendar/v3', googleCalendarRoutes(world, tools));
  googleApp.use(googleOAuthRoutes(world, tools, () => googleUrl));
  googleApp.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    if (!response.headersSent) response.status(500).json(errorForReason(500).body());
  });
  const googleServer = await listen(googleApp, portAt(0));
  googleUrl = `http://127.0.0.1:${googleServer.port}`;
  const certificate = options.microsoftTls === true ? await openServerCertificate(options.dataDir ?? null, { nowMs: Date.now() }) : null;
  const microsoftParts = { world: microsoftWorld, tools, throttle, notices };
  const microsoftServer = await listen(microsoftApp(microsoftParts), options.microsoftPort ?? portAt(3), certificate);
  microsoftUrl = `${certificate === null ? 'http' : 'https'}://127.0.0.1:${microsoftServer.port}`;
  const smtp = await startSmtpCatcher({ port: portAt(1), mailbox, faults, journal, now: clock.now });

  const parts = { google, microsoft, mail: mailbox, journal, faults, pages, clock };
  const reset = (): void => {
    google.reset();
    microsoft.reset();
    mailbox.clear();
    journal.clear();
    faults.clear();
    pages.clear();
    store.state.clock.ms = 0;
    store.touch();
  };
  const controlApp = express();
  controlApp.disable('x-powered-by');
  controlApp.use('/control', controlRoutes({ ...parts, reset, touch: store.touch }));
  controlApp.use('/mail', mailPages(mailbox));
  controlApp.get('/', (_request, response) => response.redirect('/mail'));
  const controlServer = await listen(controlApp, portAt(2));

  return {
    ...parts,
    googleUrl,
    microsoftUrl,
    caPem: certificate?.caPem ?? null,
    smtpPort: smtp.port,
    controlUrl: `http://127.0.0.1:${controlServer.port}`,
    reset,
    flush: store.flush,
    close: async () => {
      push.close();
      notices.close();
      await Promise.all([googleServer.close(), microsoftServer.close(), controlServer.close(), smtp.close()]);
      await store.close();
    },
  };
}
