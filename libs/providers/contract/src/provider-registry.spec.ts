import { describe, expect, it } from 'vitest';
import { ProviderRegistry } from './index.ts';
import type { CalendarProvider } from './index.ts';

const provider = (id: string) => ({ id }) as CalendarProvider;

describe('the registry', () => {
  it('finds what was registered, in that order, and nothing else', () => {
    const registry = new ProviderRegistry();
    registry.register(provider('b'));
    registry.register(provider('a'));
    expect(registry.list().map(({ id }) => id)).toEqual(['b', 'a']);
    expect(registry.find('a')?.id).toBe('a');
    expect(registry.find('constructor')).toBeNull();
  });

  it('names what is not configured without offering it', () => {
    const registry = new ProviderRegistry();
    registry.registerUnconfigured({ id: 'x', name: 'X', reason: 'X_CLIENT_ID is not set' });
    expect(registry.find('x')).toBeNull();
    expect(registry.list()).toEqual([]);
    expect(registry.listUnconfigured()).toEqual([{ id: 'x', name: 'X', reason: 'X_CLIENT_ID is not set' }]);
  });

  it('does not start with the same provider twice', () => {
    const registry = new ProviderRegistry();
    registry.register(provider('x'));
    expect(() => registry.register(provider('x'))).toThrow("'x' is registered twice");
    expect(() => registry.registerUnconfigured({ id: 'x', name: 'X', reason: '' })).toThrow('registered twice');
  });
});
