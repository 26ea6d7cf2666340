import { config } from 'zod';

/** The policy of the server forbids code made from strings; imported before any schema. */
config({ jitless: true });
