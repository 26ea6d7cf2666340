import { describe, expect, it } from 'vitest';
import { listProjects, read, readManifest, root } from './workspace.ts';
import type { Manifest } from './workspace.ts';

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifest = readManifest(root);
const lock = (JSON.parse(read('package-lock.json')) as { packages: Record<string, LockEntry> }).packages;
const rootVersions = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

function allDependencies(of: Manifest): [string, string][] {
  return Object.entries({ ...of.dependencies, ...of.devDependencies, ...of.optionalDependencies });
}

describe('packages', () => {
  it('are pinned exactly at the root', () => {
    const loose = allDependencies(manifest).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });

  it.each(listProjects().map((project) => [project.path, project.manifest] as const))(
    '%s asks for the versions of the root, or for a project',
    (_, project) => {
      const projects = new Set(listProjects().map((other) => other.manifest.name));
      const wrong = allDependencies(project).filter(([name, version]) =>
        projects.has(name) ? version !== '*' : version !== rootVersions[name],
      );
      expect(wrong).toEqual([]);
    },
  );

  it('of every platform are in the lockfile, which otherwise `npm ci` refuses on the other platforms', () => {
    const missing = Object.entries(lock).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !isLocked(name, { from: path }))
        .map((name) => `${name}, wanted by ${path || 'the root'}`),
    );
    expect(missing).toEqual([]);
    for (const name of Object.keys(manifest.optionalDependencies ?? {}))
      expect(lock[`node_modules/${name}`]?.integrity, name).toMatch(/^sha512-/);
  });

  it.each(listProjects().map((project) => [project.path, project.manifest] as const))('%s is in the lockfile as it is', (path, project) => {
    expect(lock[`node_modules/${project.name}`]).toMatchObject({ link: true, resolved: path });
    const locked = lock[path] ?? {};
    expect({ ...locked.dependencies, ...locked.devDependencies }).toEqual({ ...project.dependencies, ...project.devDependencies });
  });

  it('carry the checksum of what was locked', () => {
    const unchecked = Object.entries(lock).filter(([path, entry]) => path.includes('node_modules/') && !entry.link && !entry.integrity);
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });
});

function isLocked(name: string, { from }: { from: string }): boolean {
  const parts = from.split('/node_modules/');
  const places = parts.map((_, index) => parts.slice(0, parts.length - index).join('/node_modules/'));
  return [...places, ''].some((place) => lock[place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`]);
}
