import { MINUTE_MS } from '@daymark/domain';
import type { OpenTime, Person, SlotRequest } from '@daymark/scheduling';

export interface PageEntry {
  readonly start: number;
  readonly end: number;
  readonly members: readonly string[];
}

export interface FloorAnswer {
  readonly starts: Float64Array;
  readonly page: readonly PageEntry[];
}

/**
 * The least that any engine must do: a grid of one mark per possible start (possible only because
 * all starts here lie on quarters of an hour of UTC), each open and each busy interval painted on it, people counted, the free
 * starts and one page of objects handed out. Opening hours come resolved; there are no rules,
 * reasons, scores or checks.
 */
export function bitGrid(request: SlotRequest, { open, limit }: { open: readonly OpenTime[]; limit: number }): FloorAnswer {
  const stepMs = request.grid.stepMinutes * MINUTE_MS;
  const origin = request.window.start;
  const size = Math.floor((request.window.end - request.durationMs - origin) / stepMs) + 1;
  const counts = new Int16Array(size);
  const grids = request.people.map((person, index) =>
    paint(person, { open: open[index] as OpenTime, size, origin, stepMs, durationMs: request.durationMs }),
  );
  for (const grid of grids) {
    for (let i = 0; i < size; i += 1) counts[i] = (counts[i] as number) + (grid[i] as number);
  }
  const required = request.groups[0]?.required as number;
  const starts = new Float64Array(size);
  let found = 0;
  for (let i = 0; i < size; i += 1) {
    if ((counts[i] as number) < required) continue;
    starts[found] = origin + i * stepMs;
    found += 1;
  }
  const page = Array.from(starts.subarray(0, Math.min(found, limit)), (start) => {
    const cell = (start - origin) / stepMs;
    const members: string[] = [];
    for (let p = 0; p < grids.length && members.length < required; p += 1) {
      if (grids[p]?.[cell] === 1) members.push((request.people[p] as Person).id);
    }
    return { start, end: start + request.durationMs, members };
  });
  return { starts: starts.subarray(0, found), page };
}

interface Canvas {
  readonly open: OpenTime;
  readonly size: number;
  readonly origin: number;
  readonly stepMs: number;
  readonly durationMs: number;
}

function paint({ busy, buffers }: Person, { open, size, origin, stepMs, durationMs }: Canvas): Uint8Array {
  const grid = new Uint8Array(size);
  for (let i = 0; i < open.starts.length; i += 1) {
    const from = Math.ceil(((open.starts[i] as number) - origin) / stepMs);
    const to = Math.floor(((open.ends[i] as number) - durationMs - origin) / stepMs);
    grid.fill(1, Math.max(0, from), Math.max(0, Math.min(size, to + 1)));
  }
  const { starts, ends } = busy;
  const reach = durationMs + buffers.afterMs;
  for (let i = 0; i < starts.length; i += 1) {
    const from = Math.max(0, Math.floor(((starts[i] as number) - reach - origin) / stepMs) + 1);
    const to = Math.min(size, Math.ceil(((ends[i] as number) + buffers.beforeMs - origin) / stepMs));
    for (let cell = from; cell < to; cell += 1) grid[cell] = 0;
  }
  return grid;
}
