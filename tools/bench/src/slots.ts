import { openHours, findSlots } from '@daymark/scheduling';
import type { SlotRequest } from '@daymark/scheduling';
import type { Benchmark, ContestTimes } from './benchmark.ts';
import { compare } from './benchmark.ts';
import { bitGrid } from './slots-floor.ts';
import { slotLoop } from './slots-pattern.ts';
import type { SlotsCase } from './slots-world.ts';
import { slotsWorld } from './slots-world.ts';

const cases: readonly SlotsCase[] = [
  { people: 1, days: 30, busyPerPerson: 200 },
  { people: 10, days: 30, busyPerPerson: 200 },
  { people: 50, days: 60, busyPerPerson: 500 },
];

const LIMIT = 50;
/** Until the optimising compiler has seen enough of both, called as they are when it counts. */
const WARM_UP_MS = 1500;
/** A compiler that changes its mind takes some ten milliseconds: of a work of 0.03 ms that must be few of the rounds. */
const MEASURED_MS = 1500;

/**
 * Slots for many people at once: the engine (checks, zones, rules, count, page with members, scores
 * and factors) against a bit grid that gets the opening hours resolved and gives no reasons or
 * scores, and against a loop over slots. All three must find the same starts.
 */
export const slotsBenchmark: Benchmark = {
  name: 'slots',
  run: (print) => {
    print('| people/days/busy | starts | engine ms | floor ms | engine/floor | common pattern ms | pattern/engine |');
    print('|---|---|---|---|---|---|---|');
    const lines = cases.map((size) => {
      const { starts, times } = contest(slotsWorld(size));
      const name = `${size.people}/${size.days}/${size.busyPerPerson}`;
      print(
        `| ${name} | ${starts} | ${times.engineMs.toFixed(3)} | ${times.floorMs.toFixed(3)} | ${times.engineToFloor.toFixed(2)} | ${times.patternMs.toFixed(1)} | ${times.patternToEngine.toFixed(0)} |`,
      );
      return `slots ${name} engine ${times.engineMs.toFixed(3)} ms, floor ${times.floorMs.toFixed(3)} ms, ratio ${times.engineToFloor.toFixed(2)}, common pattern ${times.patternMs.toFixed(0)} ms (${times.patternToEngine.toFixed(0)}x)`;
    });
    for (const line of lines) print(line);
  },
};

function contest(request: SlotRequest): { starts: number; times: ContestTimes } {
  const open = request.people.map(({ hours }) => openHours(hours as NonNullable<typeof hours>, request.window));
  const engine = (): Float64Array => findSlots(request, { limit: LIMIT }).starts;
  const floor = (): Float64Array => bitGrid(request, { open, limit: LIMIT }).starts;
  const pattern = (): Float64Array => slotLoop(request);
  const answers = [engine(), floor(), pattern()].map((starts) => starts.join());
  if (answers.some((answer) => answer !== answers[0])) throw new Error('the three ways do not find the same starts');
  const ways = { engine, floor, pattern };
  compare(ways, { forMs: WARM_UP_MS, patternRounds: 0 });
  return { starts: engine().length, times: compare(ways, { forMs: MEASURED_MS, patternRounds: 3 }) };
}
