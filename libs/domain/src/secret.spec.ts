import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';

/** The library knows no Node; the console that people read logs on is Node's. */
const { inspect } = (await import(String('node:util'))) as { inspect(value: unknown, options?: object): string };

describe('a secret', () => {
  const secret = new Secret('hunter2');

  it.each([
    ['text', () => `${secret}`],
    ['concatenation', () => 'token ' + String(secret)],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['the console', () => inspect({ secret })],
    ['the console with everything shown', () => inspect(secret, { showHidden: true, depth: null })],
    ['a copy of its fields', () => JSON.stringify({ ...secret })],
    ['an error message', () => new Error(`refused: ${secret}`).message],
  ])('is not in %s', (_title, print) => {
    expect(print()).not.toContain('hunter2');
  });

  it('is given only to whoever asks for it', () => {
    expect(secret.reveal()).toBe('hunter2');
    expect(new Secret({ access: 'a' }).reveal()).toEqual({ access: 'a' });
  });
});
