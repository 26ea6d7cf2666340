/** What `npm run backup` and `npm run restore` run. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const { runBackupCommand } = await import('./src/backup-command.ts');
const { StartError } = await import('./src/start-error.ts');

try {
  await runBackupCommand(process.argv.slice(2), {
    root: dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
    env: process.env,
    now: new Date(),
    say: (text) => console.log(text),
  });
} catch (cause) {
  if (!(cause instanceof StartError)) throw cause;
  console.error(`${cause.message}\nFix: ${cause.fix}.`);
  process.exitCode = cause.exitCode;
}
