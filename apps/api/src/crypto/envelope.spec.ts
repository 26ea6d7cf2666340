import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '@daymark/domain';
import type { Configuration, EncryptionKey } from '../config/config.ts';
import { SystemChance } from '../ports/system-ports.ts';
import { Envelope, UnsealError } from './envelope.ts';

const key = (id: string): EncryptionKey => ({ id, bytes: new Secret(randomBytes(32)) });
const envelope = (...encryptionKeys: EncryptionKey[]): Envelope =>
  new Envelope({ encryptionKeys } as unknown as Configuration, new SystemChance());

const [first, second] = [key('first'), key('second')];
const text = new Secret('a refresh token, ünïcode 🗓');

describe('sealing', () => {
  it('gives back what was sealed, and shows nothing of it', () => {
    const sealed = envelope(first).seal(text, 'grant:1');
    expect(envelope(first).open(sealed.bytes, 'grant:1').reveal()).toBe(text.reveal());
    expect(sealed.keyId).toBe('first');
    expect(sealed.bytes.includes(Buffer.from('refresh token'))).toBe(false);
  });

  it('never gives the same bytes twice', () => {
    const one = envelope(first);
    expect(one.seal(text, 'grant:1').bytes.equals(one.seal(text, 'grant:1').bytes)).toBe(false);
  });

  it('seals with the first key and opens with any', () => {
    const old = envelope(first).seal(text, 'grant:1');
    const rotated = envelope(second, first);
    expect(rotated.open(old.bytes, 'grant:1').reveal()).toBe(text.reveal());
    expect(rotated.seal(text, 'grant:1').keyId).toBe('second');
    expect(rotated.currentKeyId).toBe('second');
  });
});

describe('a sealed value', () => {
  const sealed = envelope(first).seal(text, 'grant:1').bytes;

  it('opens for its own purpose only, so that it cannot be moved to another row', () => {
    expect(() => envelope(first).open(sealed, 'grant:2')).toThrow(UnsealError);
  });

  it('does not open without its key, nor with another key of the same name', () => {
    expect(() => envelope(second).open(sealed, 'grant:1')).toThrow("sealed with key 'first', which is not configured");
    expect(() => envelope(key('first')).open(sealed, 'grant:1')).toThrow(UnsealError);
  });

  it('F24 does not open when any byte of it was changed', () => {
    for (let position = 0; position < sealed.length; position += 1) {
      const changed = Buffer.from(sealed);
      changed[position] = changed[position]! ^ 1;
      expect(() => envelope(first).open(changed, 'grant:1'), `byte ${position}`).toThrow(UnsealError);
    }
  });

  it.each([0, 1, 2, 20, 60, 100])('does not open when only %i bytes are left', (length) => {
    expect(() => envelope(first).open(sealed.subarray(0, Math.min(length, sealed.length - 1)), 'grant:1')).toThrow(UnsealError);
  });
});
