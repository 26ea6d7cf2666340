import { describe, expect, it } from 'vitest';
import { problemDefinition } from '@daymark/domain';
import { problemBody } from './problem-body.ts';
import { problem } from './resources/problem.ts';

const occurrence = { detail: 'Ada is busy.', instance: '/v1/meetings', requestId: 'req_1' };

describe('the body of a problem', () => {
  it('has the words of the catalogue', () => {
    const { title, cause, fix, who } = problemDefinition('slot-taken');
    const body = problemBody('slot-taken', { ...occurrence, data: { alternatives: [] } });
    expect(body).toMatchObject({ title, cause, fix, who, detail: 'Ada is busy.', alternatives: [] });
    expect(problem.safeParse(body).success).toBe(true);
  });

  it('has the cause, the fix and the owner of a case that knows better, and nothing else of it in their place', () => {
    const words = { cause: 'It is too far ahead.', fix: 'Ask for an earlier time.', who: 'person' as const };
    const body = problemBody('slot-taken', { ...occurrence, data: { ...words, code: 'internal', status: 200, title: 'Fine' } });
    expect(body).toMatchObject({ ...words, code: 'slot-taken', status: 409, title: problemDefinition('slot-taken').title });
  });
});
