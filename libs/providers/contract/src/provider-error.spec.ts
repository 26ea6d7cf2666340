import { describe, expect, it } from 'vitest';
import { ProviderError, errorTreatment } from './index.ts';

describe('an error of a provider', () => {
  it('is about the whole connection unless it says otherwise', () => {
    expect(new ProviderError('forbidden', 'no')).toMatchObject({
      code: 'forbidden',
      subject: 'connection',
      retryAfterMs: null,
      status: null,
      reason: null,
      problem: null,
    });
    expect(new ProviderError('not-found', 'gone', { subject: 'event', status: 404 })).toMatchObject({ subject: 'event', status: 404 });
  });

  it('keeps the cause apart from what is shown', () => {
    const cause = new Error('secret detail');
    const error = new ProviderError('unavailable', 'no answer', { cause });
    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error)).not.toContain('secret detail');
    expect('cause' in new ProviderError('unavailable', 'no answer')).toBe(false);
  });

  it('F28 F20 never disconnects because the service is slow or away', () => {
    expect(errorTreatment['rate-limited']).toBe('wait');
    expect(errorTreatment.unavailable).toBe('wait');
  });
});
