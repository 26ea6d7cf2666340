import { BadRequestException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { DomainError, problemCodes } from '@daymark/domain';
import { ProviderError, type ProviderErrorCode } from '@daymark/provider-contract';
import { problemOf } from './problem-of.ts';

describe('an error', () => {
  it('of ours keeps its code, sentence and members', () => {
    expect(problemOf(new DomainError('slot-taken', 'Ada is busy.', { alternatives: [] }))).toEqual({
      code: 'slot-taken',
      detail: 'Ada is busy.',
      data: { alternatives: [] },
      isUnexpected: false,
    });
  });

  it.each([
    ['unauthorized', 'reauthorization-required'],
    ['rate-limited', 'provider-rate-limited'],
    ['unavailable', 'provider-unavailable'],
    ['invalid-response', 'provider-answer-unreadable'],
    ['forbidden', 'provider-rejected'],
  ] satisfies [ProviderErrorCode, string][])(
    'of a provider that says %s becomes %s, with status and reason and when to try again',
    (code, expected) => {
      const problem = problemOf(
        new ProviderError(code, 'The service said no.', { status: 403, reason: 'quotaExceeded', retryAfterMs: 1500 }),
      );
      expect(problem).toMatchObject({ code: expected, data: { provider: { status: 403, code: 'quotaExceeded' }, retry_after: 2 } });
      expect(problemCodes).toContain(problem.code);
    },
  );

  it('of a provider may name its problem more exactly, but only one that exists', () => {
    expect(problemOf(new ProviderError('forbidden', 'x', { problem: 'admin-consent-required' })).code).toBe('admin-consent-required');
    expect(problemOf(new ProviderError('forbidden', 'x', { problem: 'made-up' })).code).toBe('provider-rejected');
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 'not-found'],
    [new BadRequestException('Unexpected token'), 'invalid-json'],
    [new BadRequestException('Failed to decode param'), 'not-found'],
    [Object.assign(new Error('request entity too large'), { status: 413, type: 'entity.too.large' }), 'payload-too-large'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'not-ready'],
    [Object.assign(new Error('x'), { driverError: { code: '57P01' } }), 'not-ready'],
  ])('%s is told as %s', (error, code) => {
    expect(problemOf(error)).toMatchObject({ code });
  });

  it.each([[new TypeError('secret detail')], ['a string'], [null], [{ message: 'secret detail' }]])(
    'that nobody expected (%s) shows nothing of itself',
    (error) => {
      expect(problemOf(error)).toEqual({ code: 'internal', detail: 'An unexpected error occurred.', data: {}, isUnexpected: true });
    },
  );
});
