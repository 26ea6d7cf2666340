/** Prints everything that a start with these settings would refuse, as a list in JSON; for `npm start`, which finds faults of its own. */
import { findFaults } from './start-refusals.ts';

process.stdout.write(`${JSON.stringify(await findFaults())}\n`);
