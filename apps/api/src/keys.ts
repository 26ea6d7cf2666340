import { randomBytes } from 'node:crypto';

/** `npm run keys -- generate | rotate`: makes keys of the envelope encryption. Needs no database; changes nothing. */

const SETTING = 'DAYMARK_ENCRYPTION_KEYS';
const ENTRY = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9_+/-]{43}=?$/;

/** What is printed, and whether that is an error. */
export interface KeysAnswer {
  readonly out: string;
  readonly isError: boolean;
}

/** `current` is the setting as it is now. */
export function answerKeys(
  command: string | undefined,
  { current, today, random }: { current: string | undefined; today: string; random: Buffer },
): KeysAnswer {
  if (command !== 'generate' && command !== 'rotate')
    return { isError: true, out: `usage: npm run keys -- generate | rotate\n  rotate reads the present keys from ${SETTING}` };
  const entries = (current ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const fresh = `${freeId(today, entries)}:${random.toString('base64url')}`;
  if (command === 'generate') return { isError: false, out: `${SETTING}=${fresh}` };
  if (entries.length === 0 || !entries.every((entry) => ENTRY.test(entry))) {
    return {
      isError: true,
      out: `${SETTING} does not hold the present keys (id:key, separated by commas); set it as for the running product`,
    };
  }
  return {
    isError: false,
    out: [
      `${SETTING}=${[fresh, ...entries].join(',')}`,
      '',
      ...nextSteps(
        fresh.split(':')[0]!,
        entries.map((entry) => entry.split(':')[0]!),
      ),
    ].join('\n'),
  };
}

function nextSteps(fresh: string, old: readonly string[]): string[] {
  return [
    'Next steps:',
    '1. Where several processes run: first give all of them the new key in the last place and restart them one by one.',
    `2. Set the line above everywhere and restart: '${fresh}' seals from then on, ${old.map((id) => `'${id}'`).join(', ')} can still open.`,
    '3. What is stored is sealed anew by itself; the log of a worker says every minute what waits, and then "older ones can be taken away".',
    '4. Take the old keys out of the list and restart.',
    'Until then keep the old keys: without them connected accounts would have to be connected again.',
  ];
}

/** Keys are named by the day they were made. */
function freeId(today: string, entries: readonly string[]): string {
  const taken = new Set(entries.map((entry) => entry.split(':')[0]));
  const base = `k${today.replaceAll('-', '')}`;
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id)) return id;
  }
}

/** Runs the command of a command line; the exit code. */
export function runKeys(args: readonly string[], { current, now }: { current: string | undefined; now: Date }): number {
  const { out, isError } = answerKeys(args[0], { current, today: now.toISOString().slice(0, 10), random: randomBytes(32) });
  (isError ? process.stderr : process.stdout).write(`${out}\n`);
  return isError ? 1 : 0;
}
