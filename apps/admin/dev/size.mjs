import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** What the browser loads first (the entry and what it names), and every other chunk, gzipped. */
const dist = new URL('../dist/', import.meta.url);
const limits = { js: 180, css: 50, chunk: 80 };
const kb = (file) => gzipSync(readFileSync(new URL(file, dist))).length / 1000;
const html = readFileSync(new URL('index.html', dist), 'utf8');
const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
const sum = (files) => files.reduce((total, file) => total + kb(file), 0);
const js = sum(first.filter((file) => file.endsWith('.js')));
const css = sum(first.filter((file) => file.endsWith('.css')));

console.log(`first load: ${js.toFixed(1)} kB js (limit ${limits.js}), ${css.toFixed(1)} kB css (limit ${limits.css}), gzipped`);
const lazy = readdirSync(new URL('assets/', dist))
  .map((file) => `assets/${file}`)
  .filter((file) => /\.(js|css)$/.test(file) && !first.includes(file))
  .map((file) => ({ file, size: kb(file) }))
  .sort((a, b) => b.size - a.size);
for (const { file, size } of lazy.filter(({ size }) => size >= 1)) console.log(`  ${size.toFixed(1).padStart(6)} kB  ${file}`);

const tooBig = [...(js > limits.js ? ['first js'] : []), ...(css > limits.css ? ['first css'] : [])];
for (const { file, size } of lazy) if (size > limits.chunk) tooBig.push(file);
if (tooBig.length > 0) {
  console.error(`over the limit: ${tooBig.join(', ')}`);
  process.exitCode = 1;
}
