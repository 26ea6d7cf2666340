import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operations, providerCheckSteps, staleReasons } from '@daymark/api-contract';
import { isProblemCode, Secret } from '@daymark/domain';
import { GoogleProvider } from '@daymark/provider-google';
import { OutlookProvider } from '@daymark/provider-outlook';
import { readDocument } from './support/run-document.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const CONFIG = join(import.meta.dirname, '../src/config');

describe('docs/how-to/configure.md', () => {
  it('tells every setting, and none that does not exist', () => {
    const sections = readFileSync(join(CONFIG, 'provider-settings.ts'), 'utf8').matchAll(/'\.\/([\w-]+\.config\.ts)'/g);
    const declared = ['config.ts', ...[...sections].map(([, file = '']) => file)].flatMap((file) =>
      [...readFileSync(join(CONFIG, file), 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name),
    );
    const told = [...readDocument('how-to/configure.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(declared.length).toBeGreaterThan(20);
    expect(told.toSorted()).toEqual(declared.toSorted());
  });
});

const client = { clientId: 'id', clientSecrets: [new Secret('secret')] };

describe.each([new GoogleProvider(client), new OutlookProvider(client)])('docs/how-to/set-up-$id.md', ({ id, manifest }) => {
  it('names the scopes that are asked for, and the ways back', () => {
    const page = readDocument(`how-to/set-up-${id}.md`);
    const asked = new Set(Object.values(manifest.profiles).flatMap(({ scopes }) => scopes.map(({ scope }) => scope)));
    const told = [...page.matchAll(/^\| `([^`]+)` \| to /gm)].map(([, scope]) => scope);
    // Signing in may ask for more than connecting does: for the address that Outlook's connections read elsewhere.
    expect(told.filter((scope) => scope !== 'email' || asked.has(scope)).toSorted()).toEqual([...asked].toSorted());
    for (const { path } of [operations.finishConnecting, operations.finishSignIn]) expect(page).toContain(path.replace('{provider}', id));
  });
});

describe('docs/how-to/check-a-provider.md', () => {
  const page = readDocument('how-to/check-a-provider.md');

  it('tells every step, and problems that exist', () => {
    const [steps = '', codes = ''] = page.split('## By the code of a problem');
    const rowsOf = (part: string) => [...part.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, word = '']) => word);
    expect(rowsOf(steps)).toEqual([...providerCheckSteps]);
    expect(rowsOf(codes).length).toBeGreaterThan(5);
    expect(rowsOf(codes).filter((code) => !isProblemCode(code))).toEqual([]);
  });
});

describe('docs/how-to/troubleshoot.md', () => {
  const sectionOf = (title: string): string =>
    readDocument('how-to/troubleshoot.md')
      .split('\n## ')
      .find((section) => section.startsWith(title)) ?? '';

  it('names problems that exist', () => {
    const codes = [...sectionOf('Problems that people meet most').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => !isProblemCode(code))).toEqual([]);
  });

  it('tells every reason for which a time is not known', () => {
    const told = [...sectionOf('Somebody has no free time at all').matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, reason]) => reason);
    expect(told.toSorted()).toEqual(staleReasons.toSorted());
  });
});

describe('README.md', () => {
  const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');

  it('names everybody whose account the demo breaks on purpose', () => {
    const plan = readFileSync(join(REPOSITORY, 'tools/start/src/demo/demo-plan.ts'), 'utf8');
    const broken = [...plan.matchAll(/(?:calendar|outlook)\('([a-z]+)[.@][^']*', '(?!stays-active)[a-z-]+'\)/g)].map(
      ([, name = '']) => name,
    );
    expect(broken.length).toBeGreaterThan(4);
    const told = readme.slice(readme.indexOf('broken on purpose'), readme.indexOf('All the others work'));
    for (const name of broken) expect(told).toContain(`${name[0]!.toUpperCase()}${name.slice(1)}`);
  });

  it('promises only pages that the admin app has', () => {
    const [, pages = ''] = /^\| Admin app: ([^|]+?) *\|/m.exec(readme) ?? [];
    const features = readdirSync(join(REPOSITORY, 'apps/admin/src/features'));
    const folderOf: Readonly<Record<string, string>> = { 'finding times': 'scheduling', 'setup links': 'setup-links' };
    expect(pages.split(', ').map((page) => folderOf[page] ?? page)).toSatisfy(
      (named: string[]) => named.length > 3 && named.every((name) => features.includes(name)),
    );
  });
});

describe('the pages of docs', () => {
  it('name operations of the API that exist', () => {
    const known = new Set(
      Object.values(operations).map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`),
    );
    const pages = [
      'call-the-api',
      'check-a-provider',
      'configure',
      'rotate-keys',
      'run-in-production',
      'set-up-google',
      'set-up-outlook',
      'setup-links',
      'troubleshoot',
    ].map((name) => readDocument(`how-to/${name}.md`));
    const told = pages.flatMap((page) =>
      [...page.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/v1\/[^`?]+)/g)].map(
        ([, method, path = '']) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`,
      ),
    );
    expect(told.length).toBeGreaterThan(3);
    expect(told.filter((one) => !known.has(one))).toEqual([]);
  });
});
