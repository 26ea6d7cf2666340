/** What `npm run sign-in` runs. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const { runSignIn } = await import('./src/sign-in-command.ts');
const { StartError } = await import('./src/start-error.ts');

try {
  process.exitCode = await runSignIn(process.argv.slice(2), {
    root: dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
    env: process.env,
    say: (text) => console.error(text),
  });
} catch (cause) {
  if (!(cause instanceof StartError)) throw cause;
  console.error(`There is no link: ${cause.message}.\nFix: ${cause.fix}.`);
  process.exitCode = cause.exitCode;
}
