import { expect, it } from 'vitest';
import { forgetMentions } from './forget-mentions.ts';

const forget = (value: unknown): unknown => forgetMentions(value, 'Sam.O+x@a.example');

it.each([
  ['Call sam.o+x@A.example, please.', 'Call erased, please.'],
  ['<mailto:SAM.O+X@a.example>', '<mailto:erased>'],
  ['It is sam.o+x@a.example.', 'It is erased.'],
  ['of notsam.o+x@a.example', 'of notsam.o+x@a.example'],
  ['of sam.o+x@a.example.org and sam.o+x@a.example-b.org', 'of sam.o+x@a.example.org and sam.o+x@a.example-b.org'],
  ['of samxo+x@a.example', 'of samxo+x@a.example'],
])('of a text, the whole address and nothing else: %s', (text, left) => {
  expect(forget(text)).toBe(left);
});

it('leaves out who is listed, and keeps the others as they are', () => {
  const ada = { email: 'ada@a.example', name: 'Ada', optional: false };
  const wanted = { fields: { title: 'T', attendees: [{ email: 'sam.o+x@a.example', name: 'Sam' }, ada] }, conference: false };
  expect(forget([wanted, null])).toEqual([{ fields: { title: 'T', attendees: [ada] }, conference: false }, null]);
});

it('leaves nobody where one stands alone', () => {
  expect(forget({ organizer: { email: 'sam.o+x@a.example', name: 'Sam' }, start: 1 })).toEqual({ organizer: null, start: 1 });
});
