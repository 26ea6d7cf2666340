import { parseArgs } from 'node:util';
import { Checks } from './checks.ts';
import { proveDoubleBooking } from './double-booking.ts';
import { proveKill } from './kill/prove-kill.ts';
import { provePause } from './pause/prove-pause.ts';
import type { Proof } from './proof.ts';

const proofs: Readonly<Record<string, Proof>> = { kill: proveKill, pause: provePause, 'double-booking': proveDoubleBooking };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    kills: { type: 'string', default: '20' },
    pauses: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
  },
});
const names = positionals.length === 0 ? Object.keys(proofs) : positionals;
const unknown = names.filter((name) => !(name in proofs));
if (unknown.length > 0) {
  console.error(`There is no proof '${unknown[0]}'. Fix: name some of ${Object.keys(proofs).join(', ')}, or none for all of them.`);
  process.exit(2);
}

const checks = new Checks();
const settings = {
  seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed),
  kills: Number(values.kills),
  pauses: Number(values.pauses),
  rounds: Number(values.rounds),
};
for (const name of names) {
  const startedAt = Date.now();
  console.log(`\n${name} (seed ${settings.seed}; repeat it with --seed ${settings.seed})`);
  try {
    await proofs[name]!(checks, settings);
  } catch (error) {
    checks.that(`${name} runs to its end`, false, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  console.log(`${name} took ${Math.round((Date.now() - startedAt) / 1000)} s`);
}
console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 && checks.passed > 0 ? 0 : 1);
