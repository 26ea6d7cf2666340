import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, listLibs, listProjects, read, root } from './workspace.ts';

const TYPES = ['domain', 'engine', 'wire', 'contract', 'provider', 'module', 'app', 'testkit', 'tool'].map((type) => `type:${type}`);
const RUNTIMES = ['any', 'node', 'browser'].map((runtime) => `runtime:${runtime}`);
const UNSPECIFIC = new Set(['common', 'shared', 'core', 'utils', 'util', 'helpers', 'types', 'services', 'dtos', 'constants', '__tests__']);
const GENERATED = /(^|\/)(generated|__fixtures__|fixtures|migrations)\//;

describe('projects', () => {
  it.each(listProjects().map(({ path, manifest }) => [path, manifest] as const))(
    '%s has one type and one runtime, which the boundaries are made of',
    (_, manifest) => {
      const tags = manifest.nx?.tags ?? [];
      expect(tags.filter((tag) => TYPES.includes(tag))).toHaveLength(1);
      expect(tags.filter((tag) => RUNTIMES.includes(tag))).toHaveLength(1);
    },
  );

  it.each(listProjects().map(({ path, manifest }) => [path, manifest] as const))(
    '%s can be linted, typed and tested like the others',
    (path, manifest) => {
      expect(manifest.scripts).toMatchObject({ lint: expect.stringContaining('eslint .'), typecheck: expect.stringContaining('tsc') });
      if (manifest.scripts?.['test']) expect(existsSync(join(root, path, 'vitest.config.ts'))).toBe(true);
      const specs = listFiles(join(root, path)).filter((file) => /\.(e2e-)?spec\.tsx?$/.test(file));
      if (specs.length > 0) expect(manifest.scripts).toHaveProperty('test');
    },
  );

  it('are at most eight libraries besides the calendar services; another one needs a decision record', () => {
    const others = listLibs().filter(({ manifest }) => manifest.nx?.tags?.includes('type:provider') !== true);
    expect(others.map(({ path }) => path).length).toBeLessThanOrEqual(8);
  });

  it.each(listLibs().map(({ path }) => path))('%s has a README of at most 60 lines', (path) => {
    expect(existsSync(join(root, path, 'README.md'))).toBe(true);
    expect(read(`${path}/README.md`).trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  it.each(listLibs().map(({ path }) => path))('%s has one index.ts, at its root', (path) => {
    const indexes = listFiles(join(root, path)).filter((file) => /(^|\/)index\.tsx?$/.test(file) && !GENERATED.test(file));
    expect(indexes).toEqual([`${path}/src/index.ts`]);
  });

  it('have no folder that is named for a kind of file', () => {
    const folders = listFiles().filter(
      (file) =>
        /^(apps|libs|tools)\//.test(file) &&
        !GENERATED.test(file) &&
        file
          .split('/')
          .slice(0, -1)
          .some((part) => UNSPECIFIC.has(part)),
    );
    expect(folders).toEqual([]);
  });

  it.each(
    listProjects()
      .filter(({ manifest }) => manifest.scripts?.['test'])
      .map(({ path }) => path),
  )('%s is tested with the clock of no place', (path) => {
    expect(read(`${path}/vitest.config.ts`)).toMatch(/nodeProject\(|providerProject\(|TZ: 'UTC'/);
  });
});
