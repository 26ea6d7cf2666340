import { expect, it } from 'vitest';
import { equalInConstantTime, sha256 } from './hashing.ts';

it('is the SHA-256 of FIPS 180-4', () => {
  expect(sha256('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it.each([
  ['secret', 'secret', true],
  ['secret', 'Secret', false],
  ['secret', 'secret ', false],
  ['', '', true],
])('compares %j with %j', (one, other, isEqual) => {
  expect(equalInConstantTime(one, other)).toBe(isEqual);
});
