/** A run holds its calendar this long, renewed with every page. */
export const LEASE_MS = 60_000;
