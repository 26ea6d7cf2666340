import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readConfiguration } from './config/config.ts';
import { answerKeys } from './keys.ts';

const ask = (command: string | undefined, current?: string) =>
  answerKeys(command, { current, today: '2026-11-20', random: randomBytes(32) });
const accepted = (line: string): string[] =>
  readConfiguration({
    DATABASE_URL: 'postgres://localhost/daymark',
    DAYMARK_ENCRYPTION_KEYS: line.replace('DAYMARK_ENCRYPTION_KEYS=', ''),
  }).encryptionKeys.map(({ id }) => id);

describe('keys generate', () => {
  it('prints a setting that the product starts with', () => {
    const { out, isError } = ask('generate');
    expect(out).toMatch(/^DAYMARK_ENCRYPTION_KEYS=k20261120:[\w-]{43}$/);
    expect([isError, accepted(out)]).toEqual([false, ['k20261120']]);
  });

  it('never prints the same key twice', () => {
    expect(ask('generate').out).not.toBe(ask('generate').out);
  });
});

describe('keys rotate', () => {
  it('puts a new key first, keeps the present ones and says what to do next', () => {
    const present = ask('generate').out.replace('DAYMARK_ENCRYPTION_KEYS=', '');
    const { out, isError } = ask('rotate', present);
    const [line, ...steps] = out.split('\n');
    expect(isError).toBe(false);
    expect(accepted(line!)).toEqual(['k20261120-2', 'k20261120']);
    expect(line).toContain(present);
    expect(steps.join('\n')).toMatch(/restart[\s\S]*keep the old keys/);
  });

  it.each([undefined, '', 'secret', 'id:tooshort'])('refuses when the present keys are %j', (present) => {
    expect(ask('rotate', present).isError).toBe(true);
  });
});

it.each([undefined, 'help', 'delete'])('explains itself when asked for %j', (command) => {
  expect(ask(command)).toMatchObject({ isError: true, out: expect.stringContaining('usage:') });
});
