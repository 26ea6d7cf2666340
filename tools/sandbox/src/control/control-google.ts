import type { Router } from 'express';
import express from 'express';
import { z } from 'zod';
import type { GoogleSandbox } from '../google/google-sandbox.ts';

const role = z.enum(['none', 'freeBusyReader', 'reader', 'writerWithoutPrivateAccess', 'writer', 'owner']);
const person = z.strictObject({
  email: z.string(),
  name: z.string().optional(),
  timeZone: z.string().optional(),
  locale: z.string().optional(),
  aliases: z.array(z.string()).optional(),
  hostedDomain: z.string().nullable().optional(),
});
const calendar = z.strictObject({
  owner: z.string(),
  id: z.string().optional(),
  summary: z.string(),
  description: z.string().optional(),
  timeZone: z.string().optional(),
  publicRole: role.optional(),
});
const seedBody = z.strictObject({
  people: z.array(person).default([]),
  calendars: z.array(calendar).default([]),
  access: z.array(z.strictObject({ calendarId: z.string(), email: z.string(), role: role.nullable() })).default([]),
  /** Bodies of `events.insert`; `raw` stores the fields without any check. */
  events: z
    .array(
      z.strictObject({
        as: z.string(),
        calendarId: z.string().optional(),
        event: z.record(z.string(), z.unknown()),
        raw: z.boolean().optional(),
      }),
    )
    .default([]),
});
const edit = { as: z.string(), calendarId: z.string().optional(), sendUpdates: z.enum(['all', 'externalOnly', 'none']).optional() };
const editBody = z.discriminatedUnion('action', [
  z.strictObject({ ...edit, action: z.literal('create'), event: z.unknown() }),
  z.strictObject({ ...edit, action: z.literal('patch'), eventId: z.string(), event: z.unknown() }),
  z.strictObject({ ...edit, action: z.literal('delete'), eventId: z.string() }),
  z.strictObject({ ...edit, action: z.literal('move'), eventId: z.string(), destination: z.string() }),
  z.strictObject({
    ...edit,
    action: z.literal('respond'),
    eventId: z.string(),
    response: z.enum(['needsAction', 'declined', 'tentative', 'accepted']),
  }),
]);
const grantsBody = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('expire'), email: z.string().optional() }),
  z.strictObject({ action: z.literal('revoke'), email: z.string(), clientId: z.string().optional() }),
  z.strictObject({ action: z.literal('narrow'), email: z.string(), scopes: z.array(z.string()) }),
]);
const clientBody = z.strictObject({
  id: z.string(),
  secrets: z.array(z.string()),
  redirectUris: z.array(z.string()),
  isTesting: z.boolean().optional(),
  rotatesRefreshTokens: z.boolean().optional(),
});
const connectBody = z.strictObject({ email: z.string(), clientId: z.string().optional(), scopes: z.array(z.string()).optional() });
const conferenceBody = z.strictObject({ delayMs: z.int().min(0).optional(), fails: z.boolean().optional() });
const quota = z
  .strictObject({ requests: z.int().min(1), windowSeconds: z.int().min(1) })
  .nullable()
  .optional();
const limitsBody = z.strictObject({
  project: quota,
  user: quota,
  calendarWrites: quota,
  status: z.union([z.literal(403), z.literal(429)]).optional(),
  retryAfterSeconds: z.int().min(0).nullable().optional(),
});
const noticeBody = z.strictObject({ channelId: z.string(), token: z.string().optional(), state: z.string().optional() });

/** The Google part of the control API. */
export function controlGoogleRoutes(google: GoogleSandbox): Router {
  const router = express.Router();
  router.get('/people', (_request, response) => {
    response.json({
      items: google
        .people()
        .map(({ email, aliases, sub, name, timeZone, hostedDomain }) => ({ email, aliases, sub, name, timeZone, hostedDomain })),
    });
  });
  router.get('/calendars', (_request, response) => {
    const items = google.calendars().map(({ id, ownerEmail, isPrimary, summary, timeZone, acl, events }) => ({
      id,
      ownerEmail,
      isPrimary,
      summary,
      timeZone,
      access: Object.fromEntries(acl),
      eventCount: events.size,
    }));
    response.json({ items });
  });
  router.get('/calendars/:calendarId/events', (request, response) => {
    response.json({ items: google.events(request.params.calendarId) });
  });
  router.get('/calendars/:calendarId/events/:eventId', (request, response) => {
    const event = google.getEvent(request.params.calendarId, request.params.eventId);
    response.status(event === null ? 404 : 200).json(event ?? { error: 'not found' });
  });
  router.delete('/calendars/:calendarId', (request, response) => {
    google.deleteCalendar(request.params.calendarId);
    response.json({});
  });
  router.post('/seed', (request, response) => {
    response.json(seed(google, seedBody.parse(request.body)));
  });
  router.post('/edit', (request, response) => {
    response.json(applyEdit(google, editBody.parse(request.body)));
  });
  router.post('/access', (request, response) => {
    const {
      calendarId,
      email,
      role: wanted,
    } = z.strictObject({ calendarId: z.string(), email: z.string(), role: role.nullable() }).parse(request.body);
    google.setAccess(calendarId, email, wanted);
    response.json({});
  });
  router.post('/grants', (request, response) => {
    const wish = grantsBody.parse(request.body);
    if (wish.action === 'expire') google.expireAccessTokens(wish.email);
    if (wish.action === 'revoke') google.revokeGrants(wish.email, wish.clientId);
    if (wish.action === 'narrow') google.narrowGrants(wish.email, wish.scopes);
    response.json({});
  });
  router.post('/connect', (request, response) => {
    const { email, ...options } = connectBody.parse(request.body);
    response.json(google.connect(email, options));
  });
  router.post('/clients', (request, response) => {
    google.registerClient(clientBody.parse(request.body));
    response.json({});
  });
  router.post('/cursors/expire', (request, response) => {
    google.expireSyncTokens(z.strictObject({ calendarId: z.string().optional() }).parse(request.body ?? {}).calendarId);
    response.json({});
  });
  router.post('/conference', (request, response) => {
    google.setConference(conferenceBody.parse(request.body));
    response.json({});
  });
  router.post('/limits', (request, response) => {
    google.setLimits(limitsBody.parse(request.body));
    response.json({});
  });
  router.get('/channels', (_request, response) => {
    response.json({ items: google.channels() });
  });
  router.post('/notices', async (request, response) => {
    const { channelId, ...change } = noticeBody.parse(request.body);
    response.json({ status: await google.notify(channelId, change) });
  });
  router.get('/mails', (_request, response) => {
    response.json({ items: google.mails() });
  });
  router.delete('/mails', (_request, response) => {
    google.clearMails();
    response.json({});
  });
  return router;
}

function seed(google: GoogleSandbox, wish: z.infer<typeof seedBody>): Record<string, unknown> {
  for (const entry of wish.people) google.addPerson(entry);
  const calendars = wish.calendars.map(({ owner, ...entry }) => google.addCalendar(owner, entry).id);
  for (const { calendarId, email, role: wanted } of wish.access) google.setAccess(calendarId, email, wanted);
  const events = wish.events.map(({ as, calendarId, event, raw }) =>
    raw === true ? google.addRawEvent(calendarId ?? as, event) : google.createEvent({ as, calendarId, conferenceDataVersion: 1 }, event).id,
  );
  return { calendars, events };
}

function applyEdit(google: GoogleSandbox, wish: z.infer<typeof editBody>): unknown {
  switch (wish.action) {
    case 'create':
      return google.createEvent(wish, wish.event);
    case 'patch':
      return google.patchEvent(wish, wish.eventId, wish.event);
    case 'delete':
      google.deleteEvent(wish, wish.eventId);
      return {};
    case 'move':
      return google.moveEvent(wish, wish.eventId, wish.destination);
    case 'respond':
      return google.respond(wish, wish.eventId, wish.response);
  }
}
