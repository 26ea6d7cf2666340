import type { Benchmark } from './benchmark.ts';
import { bookingBenchmark } from './booking.ts';
import { noticeBenchmark } from './notice.ts';
import { slotsBenchmark } from './slots.ts';

const benchmarks: readonly Benchmark[] = [slotsBenchmark, bookingBenchmark, noticeBenchmark];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (names.length === 0 || unknown.length > 0) {
  console.error(
    `usage: node --conditions=@daymark/source tools/bench/src/main.ts <name>…, names: ${benchmarks.map(({ name }) => name).join(', ')}`,
  );
  process.exitCode = 2;
} else {
  for (const benchmark of benchmarks.filter(({ name }) => names.includes(name))) await benchmark.run((line) => console.log(line));
}
