import { operations } from '@daymark/api-contract';
import { describe, expect, it } from 'vitest';
import type { Connection, Meeting, Problem } from './index.ts';
import { ProblemError, UnexpectedAnswerError, createDaymarkClient, ifMatch, isProblem, itemsOf, portsOf } from './index.ts';

const meeting = operations.getMeeting.example.response as Meeting;
const connection = operations.getConnection.example.response as Connection;

const slotTaken = {
  type: '/problems/slot-taken',
  title: 'The time is not free',
  status: 409,
  detail: 'Ada is busy.',
  instance: '/v1/meetings',
  code: 'slot-taken',
  cause: 'c',
  fix: 'Choose one of the alternatives.',
  who: 'caller',
  retryable: false,
  request_id: 'req_1',
  alternatives: [{ start: '2027-03-08T15:00:00Z', end: '2027-03-08T15:30:00Z', score: 1, members: [] }],
} satisfies Problem;

const slowDown = { ...slotTaken, code: 'rate-limited', status: 429, retryable: true } satisfies Problem;

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type, ...headers } });
}

/** A client whose server gives these answers, one after the other. */
function clientWith(...answers: (() => Response)[]) {
  const sent: Request[] = [];
  const waits: number[] = [];
  let uuids = 0;
  const daymark = createDaymarkClient({
    baseUrl: 'http://api.test/',
    apiKey: 'sk_test_1',
    fetch: async (request) => {
      sent.push(request);
      const answer = answers[sent.length - 1];
      if (answer === undefined) throw new Error(`no answer prepared for request ${sent.length}`);
      return answer();
    },
    randomUuid: () => `uuid-${(uuids += 1)}`,
    wait: async (ms) => void waits.push(ms),
  });
  return { daymark, sent, waits };
}

const booking = { title: 'Demo', start: '2027-03-08T15:00:00+01:00', duration_minutes: 30 };

describe('the client', () => {
  it('books a meeting: sends the key, gives the data', async () => {
    const { daymark, sent } = clientWith(() => json(meeting, 201));
    const booked = await daymark.createMeeting({ body: booking });
    expect(booked.placements[0]?.state).toBe('written');
    expect(sent[0]?.url).toBe('http://api.test/v1/meetings');
    expect(sent[0]?.headers.get('Authorization')).toBe('Bearer sk_test_1');
    expect(await sent[0]?.json()).toEqual(booking);
  });

  it('sends an Idempotency-Key with what takes one, the same again with a retry, and another with the next call', async () => {
    const { daymark, sent, waits } = clientWith(
      () => json(slowDown, 429, { 'Retry-After': '7' }),
      () => json(meeting, 201),
      () => json(meeting, 201),
    );
    await daymark.createMeeting({ body: booking });
    await daymark.createMeeting({ body: booking });
    expect(sent.map((request) => request.headers.get('Idempotency-Key'))).toEqual(['uuid-1', 'uuid-1', 'uuid-2']);
    expect(await sent[1]?.json()).toEqual(booking);
    expect(waits).toEqual([7000]);
  });

  it('keeps the Idempotency-Key of the caller, and sends none with what takes none', async () => {
    const { daymark, sent } = clientWith(
      () => json(meeting, 201),
      () => json({ status: 'ok' }),
      () => json({ data: [], next_cursor: null, has_more: false }),
    );
    await daymark.createMeeting({ body: booking, headers: { 'Idempotency-Key': 'mine' } });
    await daymark.readFreeBusy({ body: { subjects: [{ email: 'a@b.example' }], window: { start: booking.start, end: booking.start } } });
    await daymark.listMeetings();
    expect(sent.map((request) => request.headers.get('Idempotency-Key'))).toEqual(['mine', null, null]);
  });

  it('throws a problem that is not retryable at once, narrowed by its code', async () => {
    const { daymark, sent } = clientWith(() => json(slotTaken, 409));
    const error: unknown = await daymark.createMeeting({ body: booking }).catch((thrown: unknown) => thrown);
    if (!isProblem(error, 'slot-taken')) throw new Error('not a slot-taken problem', { cause: error });
    const code: 'slot-taken' = error.code;
    expect(code).toBe('slot-taken');
    expect(error.problem.alternatives?.[0]?.start).toBe('2027-03-08T15:00:00Z');
    expect(error.fix).toBe('Choose one of the alternatives.');
    expect(error.requestId).toBe('req_1');
    expect(isProblem(error, 'not-found')).toBe(false);
    expect(sent).toHaveLength(1);
  });

  it('gives up on a retryable problem after the bounded number of tries', async () => {
    const { daymark, sent, waits } = clientWith(...Array.from({ length: 4 }, () => () => json(slowDown, 429)));
    await expect(daymark.getMeeting({ path: { meeting_id: meeting.id } })).rejects.toBeInstanceOf(ProblemError);
    expect(sent).toHaveLength(4);
    expect(waits).toEqual([250, 500, 1000]);
  });

  it('does not wait longer than it may', async () => {
    const { daymark, waits } = clientWith(() => json(slowDown, 429, { 'Retry-After': '3600' }));
    await expect(daymark.getMeeting({ path: { meeting_id: meeting.id } })).rejects.toBeInstanceOf(ProblemError);
    expect(waits).toEqual([]);
  });

  it('says so when something else than the API answered', async () => {
    const { daymark } = clientWith(() => new Response('<html>Bad gateway</html>', { status: 502 }));
    await expect(daymark.listMeetings()).rejects.toBeInstanceOf(UnexpectedAnswerError);
  });

  it('walks through a list, page after page', async () => {
    const { daymark, sent } = clientWith(
      () => json({ data: [connection], next_cursor: 'c2', has_more: true }),
      () => json({ data: [{ ...connection, label: 'Home' }], next_cursor: null, has_more: false }),
    );
    const labels: string[] = [];
    for await (const one of itemsOf((cursor) => daymark.listConnections({ query: { cursor, status: ['active'] } }))) labels.push(one.label);
    expect(labels).toEqual(['Work', 'Home']);
    expect(sent.map((request) => new URL(request.url).search)).toEqual(['?status=active', '?cursor=c2&status=active']);
  });

  it('sends the version that was read as If-Match', async () => {
    const { daymark, sent } = clientWith(() => json(meeting));
    await daymark.updateMeeting({ path: { meeting_id: meeting.id }, headers: { 'If-Match': ifMatch(meeting) }, body: { title: 'New' } });
    expect(sent[0]?.headers.get('If-Match')).toBe('"2"');
    expect(sent[0]?.headers.get('Idempotency-Key')).toBe('uuid-1');
  });

  it('sends the CSRF token of the moment, and no key, for a person in a browser', async () => {
    let token = 'one';
    const seen: (string | null)[] = [];
    const daymark = createDaymarkClient({
      ...portsOf({
        fetch: async (request) => {
          seen.push(request.headers.get('X-CSRF-Token'), request.headers.get('Authorization'));
          return json({}, 200);
        },
        crypto: { randomUUID: () => 'u' },
        setTimeout: (done) => done(),
      }),
      baseUrl: 'http://api.test',
      csrfToken: () => token,
    });
    await daymark.getSession();
    token = 'two';
    await daymark.getSession();
    expect(seen).toEqual(['one', null, 'two', null]);
  });
});
