import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'demo-progress.json';

/** Which steps of filling the demo were done, so that none undoes what somebody changed since. */
export interface DemoProgress {
  has(step: string): boolean;
  add(step: string): void;
}

export function readDemoProgress(dataDir: string): DemoProgress {
  const file = join(dataDir, FILE);
  const steps = new Set(readSteps(file));
  return {
    has: (step) => steps.has(step),
    add: (step) => {
      steps.add(step);
      writeFileSync(`${file}.new`, `${JSON.stringify([...steps], null, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}

function readSteps(file: string): readonly string[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as string[];
  } catch {
    return [];
  }
}
