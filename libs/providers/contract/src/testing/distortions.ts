/** What networks make of good answers. */
export const distortions: readonly (readonly [what: string, distort: (answer: Response) => Promise<Response>])[] = [
  ['half of one', async (answer) => rewritten(answer, (text) => text.slice(0, text.length / 2))],
  ['nothing', async (answer) => rewritten(answer, () => '')],
  ['something in the same format', async (answer) => rewritten(answer, () => '{"status":"ok"}')],
  ['an empty object', async (answer) => rewritten(answer, () => '{}')],
  ['a null', async (answer) => rewritten(answer, () => 'null')],
  ['one that breaks off', async (answer) => brokenOff(answer)],
];

async function rewritten(answer: Response, change: (text: string) => string): Promise<Response> {
  const { status, headers } = answer;
  const kept = new Headers([...headers].filter(([name]) => name !== 'content-length' && name !== 'content-encoding'));
  return new Response(change(await answer.text()), { status, headers: kept });
}

async function brokenOff(answer: Response): Promise<Response> {
  const text = await answer.text();
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2)));
      controller.error(new TypeError('terminated'));
    },
  });
  return new Response(body, { status: answer.status, headers: { 'content-type': answer.headers.get('content-type') ?? '' } });
}
