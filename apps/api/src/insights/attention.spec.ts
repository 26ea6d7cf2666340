import { describe, expect, it } from 'vitest';
import { instant, type Uuid } from '@daymark/domain';
import { attentionItems, type Trouble } from './attention.ts';

const meetings = ['a', 'b', 'c'] as unknown as Uuid[];

function trouble(given: Partial<Trouble>): Trouble {
  return {
    subject: { type: 'connection', id: 'conn_1', label: 'Work' },
    provider: 'one',
    code: 'reauthorization-required',
    message: 'Access was withdrawn.',
    since: instant(5000),
    meetingIds: [],
    ...given,
  };
}

describe('what needs a person', () => {
  it('puts first what most meetings depend on, then what lasts longest', () => {
    const items = attentionItems([
      trouble({ code: 'scope-missing', since: instant(9000) }),
      trouble({ code: 'sync-held', since: instant(1000) }),
      trouble({ meetingIds: meetings.slice(0, 2) }),
    ]);
    expect(items.map(({ code, meetings_affected }) => [code, meetings_affected])).toEqual([
      ['reauthorization-required', 2],
      ['sync-held', 0],
      ['scope-missing', 0],
    ]);
  });

  it('shows one cause once and counts a meeting that two accounts share once', () => {
    const items = attentionItems([
      trouble({ meetingIds: meetings.slice(0, 2), since: instant(8000) }),
      trouble({ subject: { type: 'connection', id: 'conn_2', label: 'Team' }, meetingIds: meetings }),
      trouble({ provider: 'two' }),
    ]);
    expect(items).toMatchObject([
      {
        id: 'connection:reauthorization-required:one',
        subject: { id: null, label: 'Team and 1 more' },
        count: 2,
        meetings_affected: 3,
        since: '1970-01-01T00:00:05Z',
        who: 'person',
      },
      { id: 'connection:reauthorization-required:two', subject: { id: 'conn_1', label: 'Work' }, count: 1, meetings_affected: 0 },
    ]);
  });

  it('is empty when nothing is wrong', () => {
    expect(attentionItems([])).toEqual([]);
  });
});
