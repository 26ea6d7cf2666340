/** What `npm run sign-in` runs: prints a link for one address, from the settings of the product. */
import 'reflect-metadata';
import { requireRuntime } from './runtime.ts';

requireRuntime(process.versions.node);
const { readConfiguration } = await import('./config/config.ts');
const { runSignInCommand } = await import('./sign-in-command.ts');
const { SignInLinkError } = await import('./identity/sign-in-links.ts');
const { orLeave } = await import('./start-refusals.ts');

try {
  process.stdout.write(`${await orLeave(() => runSignInCommand(process.argv.slice(2), readConfiguration()))}\n`);
} catch (error) {
  if (!(error instanceof SignInLinkError)) throw error;
  process.stderr.write(`There is no link: ${error.message}.\nFix: ${error.fix}.\n`);
  process.exitCode = 1;
}
