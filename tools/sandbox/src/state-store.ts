import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keeps one value in memory and, when given a folder, as one JSON file that is always whole. */
export interface StateStore<State> {
  readonly state: State;
  /** Says that the value changed; the file follows within a moment. */
  touch(): void;
  /** Resolves when everything touched so far is on disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const WRITE_DELAY_MS = 100;

export function openStateStore<State>(dataDir: string | null, initial: () => State): StateStore<State> {
  if (dataDir === null) {
    return { state: initial(), touch: () => {}, flush: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'sandbox-state.json');
  const state = readSnapshot<State>(file) ?? initial();
  let timer: NodeJS.Timeout | null = null;
  let isDirty = false;
  let isClosed = false;
  let writing: Promise<void> = Promise.resolve();

  const save = async (): Promise<void> => {
    if (!isDirty) return;
    isDirty = false;
    const temporary = `${file}.new`;
    try {
      await writeFile(temporary, encodeState(state), { mode: 0o600 });
      await rename(temporary, file);
    } catch (error) {
      isDirty = true;
      throw error;
    }
  };
  const write = (): Promise<void> => {
    timer = null;
    writing = writing.catch(() => {}).then(save);
    return writing;
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    return write();
  };
  isDirty = true;
  const temporary = `${file}.new`;
  writeFileSync(temporary, encodeState(state), { mode: 0o600 });
  renameSync(temporary, file);
  isDirty = false;
  return {
    state,
    touch: () => {
      isDirty = true;
      if (isClosed) return;
      timer ??= setTimeout(() => {
        write().catch((error: unknown) => process.stderr.write(`sandbox: state not saved: ${String(error)}\n`));
      }, WRITE_DELAY_MS);
    },
    flush,
    close: () => {
      isClosed = true;
      return flush();
    },
  };
}

/** JSON in which maps survive. */
export function encodeState(state: unknown): string {
  return JSON.stringify(state, (_key, value: unknown) => (value instanceof Map ? { $map: [...value] } : value));
}

export function decodeState(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => (isEncodedMap(value) ? new Map(value.$map) : value));
}

function isEncodedMap(value: unknown): value is { $map: [unknown, unknown][] } {
  return typeof value === 'object' && value !== null && '$map' in value && Array.isArray(value.$map);
}

function readSnapshot<State>(file: string): State | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return decodeState(text) as State;
}
