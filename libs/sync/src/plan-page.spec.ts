import { describe, expect, it } from 'vitest';
import { planPage, type KnownEvent, type PageChange, type PagePlan } from './plan-page.ts';

const known = new Map<string, KnownEvent>([
  ['here', { version: '1', isDeleted: false }],
  ['gone', { version: '1', isDeleted: true }],
]);
const saved = (id: string, version: string): PageChange => ({ kind: 'saved', id, version });
const removed = (id: string, why: 'deleted' | 'unknown' = 'deleted'): PageChange => ({ kind: 'removed', id, why });
const nothing: PagePlan = { save: [], remove: [], ask: [], setAside: [], unchanged: [] };

describe('a page', () => {
  it.each<[string, PageChange, Partial<PagePlan>]>([
    ['a new event is saved', saved('new', '1'), { save: [0] }],
    ['a changed event is saved', saved('here', '2'), { save: [0] }],
    ['an unchanged event reaches no statement', saved('here', '1'), { unchanged: ['here'] }],
    ['a deleted event that came back as it was is saved', saved('gone', '1'), { save: [0] }],
    ['a deletion of what lives here is one', removed('here'), { remove: [0] }],
    ['a deletion of what was never seen is nothing', removed('never'), {}],
    ['a deletion of what is deleted already is nothing', removed('gone'), {}],
    ['what left for an unknown reason is asked for', removed('here', 'unknown'), { ask: [0] }],
    ['what left for an unknown reason and was never seen is nothing', removed('never', 'unknown'), {}],
    ['what cannot be read is set aside, known or not', { kind: 'unreadable', id: 'here' }, { setAside: [0] }],
  ])('%s', (_, change, expected) => {
    expect(planPage([change], known)).toEqual({ ...nothing, ...expected });
  });

  it('F09 that names an event twice means its last word', () => {
    expect(planPage([saved('here', '2'), removed('here')], known)).toEqual({ ...nothing, remove: [1] });
    expect(planPage([removed('here'), saved('here', '3')], known)).toEqual({ ...nothing, save: [1] });
    expect(planPage([saved('new', '1'), saved('new', '2'), saved('new', '3')], known)).toEqual({ ...nothing, save: [2] });
  });

  it('that is empty changes nothing', () => {
    expect(planPage([], known)).toEqual(nothing);
  });

  it('played back after it was stored changes nothing', () => {
    const page = [saved('a', '1'), saved('b', '7')];
    const after = new Map(page.map((change) => [change.id, { version: 'version' in change ? change.version : '', isDeleted: false }]));
    expect(planPage(page, after)).toEqual({ ...nothing, unchanged: ['a', 'b'] });
  });
});
