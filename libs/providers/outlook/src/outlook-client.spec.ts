import { inspect } from 'node:util';
import { ProviderError } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import { anything, nothing } from './outlook-api.ts';
import { callTogether } from './outlook-batch.ts';
import { ScriptedGraph } from './testing/scripted-graph.ts';

const get = (path: string) => ({ purpose: 'event', path, answer: anything }) as const;

describe('calls of Graph', () => {
  it('go with the token of the host, and with what every call prefers', async () => {
    const graph = new ScriptedGraph({ body: {} });
    await graph.client.call({
      ...get('/me/events/a%3D'),
      query: { $filter: "a eq 'b&c+d'" },
      prefer: ['outlook.body-content-type="html"'],
    });
    const { url, headers } = graph.last;
    expect([url.pathname, url.searchParams.get('$filter')]).toEqual(['/v1.0/me/events/a%3D', "a eq 'b&c+d'"]);
    expect(headers.get('authorization')).toBe('Bearer eyJ0.canary');
    expect(headers.get('prefer')).toBe('IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="html"');
  });

  it('follow links as they are, and to no other address', async () => {
    const graph = new ScriptedGraph({ body: {} });
    await graph.client.call(get('https://graph.example/v1.0/me/calendarView/delta?$deltatoken=a%2Bb=='));
    expect(graph.last.url.search).toBe('?$deltatoken=a%2Bb==');
    for (const link of ['https://elsewhere.example/v1.0/me', 'https://graph.example.elsewhere/v1.0/me', 'https://graph.example/beta/me']) {
      expect(graph.client.owns(link)).toBe(false);
      await expect(graph.client.call(get(link))).rejects.toMatchObject({ code: 'invalid-response' });
    }
    expect(graph.calls).toHaveLength(1);
  });

  it('F38 keep the token out of what went wrong', async () => {
    const graph = new ScriptedGraph(new TypeError('fetch failed'));
    const error: unknown = await graph.client.call(get('/me')).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ name: 'ProviderError', code: 'unavailable' });
    expect(inspect(error, { depth: 8 })).not.toContain('eyJ0.canary');
  });

  it('pass on what the host says', async () => {
    const refusal = new ProviderError('unauthorized', 'The connection was ended', { reason: 'by-host' });
    await expect(new ScriptedGraph(refusal).client.call(get('/me'))).rejects.toBe(refusal);
  });

  it('F08 take a page of something on the way for no answer, not even to a deletion', async () => {
    const graph = new ScriptedGraph({ text: '<!doctype html>' }, { status: 204 });
    const remove = { ...get('/me/events/a'), method: 'DELETE', answer: nothing } as const;
    await expect(graph.client.call(remove)).rejects.toMatchObject({ code: 'invalid-response', subject: 'event' });
    expect(await graph.client.call(remove)).toBeNull();
  });

  it('are made once for what is remembered, and again after a failure', async () => {
    const graph = new ScriptedGraph({ status: 503 }, { body: { id: 1 } });
    const ask = () => graph.client.once('x', () => graph.client.call(get('/me')));
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await Promise.all([ask(), ask()])).toEqual([{ id: 1 }, { id: 1 }]);
    expect(graph.calls).toHaveLength(2);
  });
});

describe('calls that travel together', () => {
  const calls = ['/me/events/1', '/me/events/2', '/me/events/3'].map((path) => ({ ...get(path), query: { $select: 'id,type' } }));

  it('are answered in their order, each by itself', async () => {
    const refused = { id: '0', status: 429, headers: { 'Retry-After': '9' }, body: { error: { code: 'TooManyRequests' } } };
    const graph = new ScriptedGraph({ body: { responses: [{ id: '1', status: 200, headers: {}, body: { id: 'b' } }, refused] } });
    const answers = await callTogether(graph.client, calls);
    expect(answers).toMatchObject([{ code: 'rate-limited', retryAfterMs: 9000 }, { id: 'b' }, { code: 'invalid-response' }]);
    expect(graph.last.url.pathname).toBe('/v1.0/$batch');
    expect(graph.last.body).toMatchObject({
      requests: [
        { id: '0', method: 'GET', url: '/me/events/1?$select=id%2Ctype', headers: { Prefer: expect.stringContaining('ImmutableId') } },
        { id: '1', url: '/me/events/2?$select=id%2Ctype' },
        { id: '2' },
      ],
    });
  });

  it('travel alone when there is one, twenty at a time when there are many, and not at all when there is none', async () => {
    expect(await callTogether(new ScriptedGraph().client, [])).toEqual([]);
    const alone = new ScriptedGraph({ body: { id: 'a' } });
    expect(await callTogether(alone.client, calls.slice(0, 1))).toEqual([{ id: 'a' }]);
    const answered = (count: number) => ({
      body: { responses: Array.from({ length: count }, (_, id) => ({ id: String(id), status: 200, body: id })) },
    });
    const many = new ScriptedGraph(answered(20), answered(5));
    expect(
      await callTogether(
        many.client,
        Array.from({ length: 25 }, () => calls[0]!),
      ),
    ).toHaveLength(25);
  });

  it('F28 are refused as a whole when the batch is', async () => {
    const graph = new ScriptedGraph({ status: 503, headers: { 'retry-after': '2' } });
    await expect(callTogether(graph.client, calls)).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 2000 });
  });
});
