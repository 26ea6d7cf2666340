/** What `npm run e2e` runs: the product, a browser in front of it, and what a person would do. Options are in the README. */
await import('./src/main.ts');
