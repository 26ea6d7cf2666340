import { describe, expect, it } from 'vitest';
import { AccountGates } from './account-gates.ts';

/** A service whose answers are given one by one; keeps how many it works on. */
function service() {
  const answers: { url: string; answer: (response: Response) => void; fail: (error: Error) => void }[] = [];
  const send: typeof fetch = (input) =>
    new Promise((answer, fail) => {
      answers.push({ url: String(input), answer, fail });
    });
  return { answers, send };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the gate of an account', () => {
  it('lets so many calls through at a time, the others in turn, also when one fails', async () => {
    const { answers, send } = service();
    const call = new AccountGates().fetchThrough('ada', { atOnce: 2, send });
    const results = ['a', 'b', 'c', 'd'].map((url) =>
      call(url).then(
        (response) => response.status,
        (error: Error) => error.message,
      ),
    );
    await settled();
    expect(answers.map(({ url }) => url)).toEqual(['a', 'b']);
    answers[1]?.fail(new Error('reset'));
    await settled();
    expect(answers.map(({ url }) => url)).toEqual(['a', 'b', 'c']);
    for (const index of [0, 2]) answers[index]?.answer(new Response());
    await settled();
    answers[3]?.answer(new Response());
    expect(await Promise.all(results)).toEqual([200, 'reset', 200, 200]);
  });

  it('is one for all sessions of an account, and none of another account or without a limit', async () => {
    const { answers, send } = service();
    const gates = new AccountGates();
    for (const url of ['a', 'b']) void gates.fetchThrough('ada', { atOnce: 1, send })(url);
    void gates.fetchThrough('leo', { atOnce: 1, send })('c');
    for (const url of ['d', 'e']) void gates.fetchThrough('ada', { atOnce: null, send })(url);
    await settled();
    expect(answers.map(({ url }) => url)).toEqual(['a', 'c', 'd', 'e']);
    answers[0]?.answer(new Response());
    await settled();
    expect(answers.at(-1)?.url).toBe('b');
  });
});
