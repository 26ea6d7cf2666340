import type { Router } from 'express';
import express from 'express';
import { z } from 'zod';
import type { MicrosoftSandbox } from '../microsoft/microsoft-sandbox.ts';
import { zoneOf } from '../microsoft/microsoft-zones.ts';

const role = z.enum([
  ...(['none', 'freeBusyRead', 'limitedRead', 'read', 'write'] as const),
  ...(['delegateWithoutPrivateEventAccess', 'delegateWithPrivateEventAccess'] as const),
]);
const provider = z.enum(['unknown', 'skypeForBusiness', 'skypeForConsumer', 'teamsForBusiness']);
const person = z.strictObject({
  email: z.string(),
  name: z.string().optional(),
  aliases: z.array(z.string()).optional(),
  timeZone: z.string().optional(),
  locale: z.string().optional(),
  isPersonal: z.boolean().optional(),
  isAdmin: z.boolean().optional(),
  hasMailbox: z.boolean().optional(),
  hasMail: z.boolean().optional(),
});
const calendar = z.strictObject({
  owner: z.string(),
  name: z.string(),
  color: z.string().optional(),
  hexColor: z.string().optional(),
  allowedOnlineMeetingProviders: z.array(provider).optional(),
});
/** Calendars are made by the server with ids of its own, so a seed names them and everything else refers to the name. */
const seedBody = z.strictObject({
  people: z.array(person).default([]),
  calendars: z.array(calendar).default([]),
  /** Bodies of a POST to Graph; `raw` stores the fields over the defaults. */
  events: z
    .array(
      z.strictObject({
        as: z.string(),
        calendar: z.string().optional(),
        event: z.record(z.string(), z.unknown()),
        raw: z.boolean().optional(),
      }),
    )
    .default([]),
});
const edit = { as: z.string(), calendarId: z.string().optional(), isImmutable: z.boolean().optional() };
const editBody = z.discriminatedUnion('action', [
  z.strictObject({ ...edit, action: z.literal('create'), event: z.unknown() }),
  z.strictObject({ ...edit, action: z.literal('patch'), eventId: z.string(), event: z.unknown() }),
  z.strictObject({ ...edit, action: z.literal('delete'), eventId: z.string() }),
  z.strictObject({ ...edit, action: z.literal('cancel'), eventId: z.string(), comment: z.string().optional() }),
  z.strictObject({ ...edit, action: z.literal('move'), eventId: z.string(), destination: z.string() }),
  z.strictObject({
    ...edit,
    action: z.literal('respond'),
    eventId: z.string(),
    response: z.enum(['accepted', 'tentativelyAccepted', 'declined']),
  }),
]);
const grantsBody = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('expire'), email: z.string().optional() }),
  z.strictObject({ action: z.literal('expire-refresh'), email: z.string(), aadsts: z.int().optional() }),
  z.strictObject({ action: z.literal('revoke'), email: z.string(), clientId: z.string().optional() }),
  z.strictObject({ action: z.literal('revoke-sessions'), email: z.string() }),
  z.strictObject({ action: z.literal('narrow'), email: z.string(), scopes: z.array(z.string()) }),
]);
const clientBody = z.strictObject({
  id: z.string(),
  secrets: z.array(z.union([z.string(), z.strictObject({ value: z.string(), expiresAt: z.iso.datetime({ offset: true }) })])),
  redirectUris: z.array(z.string()),
  audience: z.string().optional(),
  isDisabled: z.boolean().optional(),
});
const signInBody = z.strictObject({
  email: z.string(),
  isDisabled: z.boolean().optional(),
  blockedBy: z.int().nullable().optional(),
  hasMailbox: z.boolean().optional(),
  isAdmin: z.boolean().optional(),
});
const cursorsBody = z.strictObject({
  calendarId: z.string().optional(),
  spelling: z.enum(['gone', 'gone-with-location', 'not-found', 'invalid', 'nested']).optional(),
});
const limitsBody = z.strictObject({
  concurrency: z.int().min(1).optional(),
  requests: z.int().min(1).optional(),
  windowSeconds: z.int().min(1).optional(),
  latencyMs: z.int().min(0).optional(),
  retryWaitsMs: z.array(z.int().min(0)).optional(),
});
const connectBody = z.strictObject({ email: z.string(), clientId: z.string().optional(), scopes: z.array(z.string()).optional() });
const accessBody = z.strictObject({ calendarId: z.string(), email: z.string(), role: role.nullable() });
const noticeBody = z.union([
  z.strictObject({ subscriptionId: z.string(), lifecycle: z.enum(['reauthorizationRequired', 'subscriptionRemoved', 'missed']) }),
  z.strictObject({
    subscriptionId: z.string(),
    clientState: z.string().optional(),
    changeType: z.string().optional(),
    eventId: z.string().optional(),
  }),
]);

/** The Microsoft part of the control API, with the verbs of the Google part. */
export function controlMicrosoftRoutes(microsoft: MicrosoftSandbox): Router {
  const router = express.Router();
  router.get('/people', (_request, response) => {
    const items = microsoft.people().map(({ email, aliases, oid, tenantId, name, timeZone, isPersonal, isAdmin }) => ({
      email,
      aliases,
      oid,
      tenantId,
      name,
      timeZone,
      ianaTimeZone: zoneOf(timeZone),
      isPersonal,
      isAdmin,
    }));
    response.json({ items });
  });
  router.get('/calendars', (_request, response) => {
    const items = microsoft.calendars().map(({ id, ownerEmail, isDefault, name, access }) => ({
      id,
      ownerEmail,
      isDefault,
      name,
      access: Object.fromEntries(access),
      eventCount: microsoft.events(id).length,
    }));
    response.json({ items });
  });
  router.get('/calendars/:calendarId/events', (request, response) => {
    response.json({ items: microsoft.events(request.params.calendarId) });
  });
  router.get('/calendars/:calendarId/events/:eventId', (request, response) => {
    const event = microsoft.getEvent(request.params.calendarId, request.params.eventId);
    response.status(event === null ? 404 : 200).json(event ?? { error: 'not found' });
  });
  router.delete('/calendars/:calendarId', (request, response) => {
    microsoft.deleteCalendar(request.params.calendarId);
    response.json({});
  });
  router.post('/seed', (request, response) => {
    response.json(seed(microsoft, seedBody.parse(request.body)));
  });
  router.post('/edit', (request, response) => {
    response.json(applyEdit(microsoft, editBody.parse(request.body)));
  });
  router.post('/access', (request, response) => {
    const wish = accessBody.parse(request.body);
    microsoft.setAccess(wish.calendarId, wish.email, wish.role);
    response.json({});
  });
  router.post('/grants', (request, response) => {
    changeGrants(microsoft, grantsBody.parse(request.body));
    response.json({});
  });
  router.post('/connect', (request, response) => {
    const { email, ...options } = connectBody.parse(request.body);
    response.json(microsoft.connect(email, options));
  });
  router.post('/clients', (request, response) => {
    microsoft.registerClient(clientBody.parse(request.body));
    response.json({});
  });
  router.post('/tenants', (request, response) => {
    const { domain, ...change } = z.strictObject({ domain: z.string(), requiresAdminConsent: z.boolean() }).parse(request.body);
    microsoft.setTenant(domain, change);
    response.json({});
  });
  router.post('/sign-in', (request, response) => {
    const { email, ...change } = signInBody.parse(request.body);
    microsoft.setSignIn(email, change);
    response.json({});
  });
  router.post('/cursors/expire', (request, response) => {
    const { calendarId, spelling } = cursorsBody.parse(request.body ?? {});
    microsoft.expireDeltaTokens(calendarId, spelling);
    response.json({});
  });
  router.post('/conference', (request, response) => {
    microsoft.setConference(z.strictObject({ delayMs: z.int().min(0).optional(), fails: z.boolean().optional() }).parse(request.body));
    response.json({});
  });
  router.post('/limits', (request, response) => {
    microsoft.setLimits(limitsBody.parse(request.body));
    response.json({});
  });
  router.get('/subscriptions', (_request, response) => {
    response.json({ items: microsoft.subscriptions() });
  });
  router.post('/notices', async (request, response) => {
    const { subscriptionId, ...wish } = noticeBody.parse(request.body);
    const status = 'lifecycle' in wish ? microsoft.lifecycle(subscriptionId, wish.lifecycle) : microsoft.notify(subscriptionId, wish);
    response.json({ status: await status });
  });
  router.get('/mails', (_request, response) => {
    response.json({ items: microsoft.mails() });
  });
  router.delete('/mails', (_request, response) => {
    microsoft.clearMails();
    response.json({});
  });
  return router;
}

function seed(microsoft: MicrosoftSandbox, wish: z.infer<typeof seedBody>): Record<string, unknown> {
  for (const entry of wish.people) microsoft.addPerson(entry);
  const calendars = wish.calendars.map(({ owner, ...entry }) => ({ owner, name: entry.name, id: microsoft.addCalendar(owner, entry).id }));
  const events = wish.events.map(({ as, calendar: name, event, raw }) => {
    const named = name === undefined ? undefined : microsoft.calendars().find((known) => known.ownerEmail === as && known.name === name);
    if (name !== undefined && named === undefined) throw new RangeError(`${as} has no calendar ${name}`);
    const calendarId = named?.id ?? microsoft.defaultCalendar(as);
    return raw === true ? microsoft.addRawEvent(calendarId, event) : microsoft.createEvent({ as, calendarId }, event).id;
  });
  return { calendars, events };
}

function changeGrants(microsoft: MicrosoftSandbox, wish: z.infer<typeof grantsBody>): void {
  switch (wish.action) {
    case 'expire':
      return microsoft.expireAccessTokens(wish.email);
    case 'expire-refresh':
      return microsoft.expireRefreshTokens(wish.email, wish.aadsts);
    case 'revoke':
      return microsoft.revokeGrants(wish.email, wish.clientId);
    case 'revoke-sessions':
      return microsoft.revokeSessions(wish.email);
    case 'narrow':
      return microsoft.narrowGrants(wish.email, wish.scopes);
  }
}

function applyEdit(microsoft: MicrosoftSandbox, wish: z.infer<typeof editBody>): unknown {
  switch (wish.action) {
    case 'create':
      return microsoft.createEvent(wish, wish.event);
    case 'patch':
      return microsoft.patchEvent(wish, wish.eventId, wish.event);
    case 'delete':
      microsoft.deleteEvent(wish, wish.eventId);
      return {};
    case 'cancel':
      microsoft.cancelEvent(wish, wish.eventId, wish.comment);
      return {};
    case 'move':
      return microsoft.moveEvent(wish, wish.eventId, wish.destination);
    case 'respond':
      microsoft.respond(wish, wish.eventId, wish.response);
      return {};
  }
}
