import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { listFiles, root } from './workspace.ts';

/**
 * Violations are given to ESLint as text under a path that does not exist, so that none is ever in the tree. Rules that need
 * types want a real path and are proved apart.
 */
const UNTYPED = ['no-floating-promises', 'no-misused-promises', 'await-thenable', 'switch-exhaustiveness-check'];
const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false } },
    rules: Object.fromEntries(UNTYPED.map((rule) => [`@typescript-eslint/${rule}`, 'off' as const])),
  },
});

async function rulesBroken(path: string, code: string): Promise<string[]> {
  expect(existsSync(join(root, path)), 'the planted path must not exist').toBe(false);
  const [result] = await eslint.lintText(code, { filePath: join(root, path) });
  expect(
    result?.messages.filter((message) => message.fatal),
    'it must be possible to read it',
  ).toEqual([]);
  return [...new Set(result?.messages.flatMap((message) => (message.severity === 2 && message.ruleId ? [message.ruleId] : [])))];
}

/** Without a project graph the boundary rule skips itself and passes. */
beforeAll(() => {
  const output = execFileSync(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), 'show', 'projects', '--json'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  expect(JSON.parse(output)).toEqual(expect.arrayContaining(['api', 'domain', 'scheduling', 'sandbox']));
});

type Case = readonly [path: string, code: string];

const BOUNDARY = '@nx/enforce-module-boundaries';
const imports = (name: string) => `import * as other from '${name}';\nexport const used = other;\n`;

describe('who may import whom', () => {
  const refused: Case[] = [
    ['libs/domain/src/planted.ts', imports('@daymark/scheduling')],
    ['libs/domain/src/planted.ts', imports('zod')],
    ['libs/scheduling/src/planted.ts', imports('@daymark/sync')],
    ['libs/scheduling/src/planted.ts', imports('rrule-temporal')],
    ['libs/sync/src/planted.ts', imports('@daymark/api-contract')],
    ['libs/icalendar/src/planted.ts', imports('zod')],
    ['libs/api-contract/src/planted.ts', imports('@daymark/scheduling')],
    ['libs/api-contract/src/planted.ts', imports('@nestjs/common')],
    ['libs/client/src/planted.ts', imports('@daymark/provider-contract')],
    ['libs/providers/contract/src/planted.ts', imports('@daymark/scheduling')],
    ['libs/providers/contract/src/planted.ts', imports('typeorm')],
    ['libs/providers/google/src/planted.ts', imports('@daymark/sync')],
    ['libs/providers/google/src/planted.ts', imports('@daymark/reminders')],
    ['libs/providers/google/src/planted.ts', imports('@daymark/sandbox')],
    ['libs/providers/google/src/planted.ts', imports('pg')],
    ['libs/reminders/src/planted.ts', imports('@daymark/provider-contract')],
    ['apps/api/src/meetings/planted.ts', imports('@daymark/provider-google')],
    ['apps/api/src/meetings/planted.ts', imports('@daymark/sandbox')],
    ['apps/api/src/meetings/planted.ts', imports('@daymark/postgres')],
    ['apps/api/src/meetings/planted.ts', imports('../../../../libs/domain/src/index.ts')],
    ['apps/api/src/meetings/planted.ts', imports('@daymark/domain/src/time.ts')],
    ['apps/api/src/meetings/planted.ts', imports('not-in-package-json')],
    ['apps/admin/src/features/meetings/planted.ts', imports('@daymark/scheduling')],
    ['apps/admin/src/features/meetings/planted.ts', imports('@daymark/provider-contract')],
    ['tools/sandbox/src/planted.ts', imports('@daymark/scheduling')],
  ];
  it.each(refused.filter(([path]) => isProject(path)))('%s may not: %s', async (path, code) => {
    expect(await rulesBroken(path, code)).toContain(BOUNDARY);
  });

  const allowed: Case[] = [
    ['libs/domain/src/planted.ts', imports('rrule-temporal')],
    ['libs/scheduling/src/planted.ts', imports('@daymark/domain')],
    ['libs/icalendar/src/planted.ts', imports('ical.js')],
    ['libs/client/src/planted.ts', imports('@daymark/api-contract')],
    ['libs/providers/google/src/planted.ts', imports('@daymark/provider-contract')],
    ['libs/providers/google/src/planted.spec.ts', imports('@daymark/sandbox')],
    ['libs/providers/google/src/planted.spec.ts', imports('@daymark/provider-contract/testing')],
    ['libs/reminders/src/planted.ts', imports('@daymark/icalendar')],
    ['apps/api/src/config/planted.ts', imports('@daymark/provider-google')],
    ['apps/api/src/meetings/planted.ts', imports('@daymark/scheduling')],
    ['apps/api/test/planted.e2e-spec.ts', imports('@daymark/sandbox')],
    ['apps/api/test/planted.e2e-spec.ts', imports('@daymark/postgres')],
    ['apps/admin/src/features/meetings/planted.ts', imports('@daymark/api-contract')],
    ['tools/start/src/planted.ts', imports('@daymark/postgres')],
  ];
  it.each(allowed.filter(([path]) => isProject(path)))('%s may: %s', async (path, code) => {
    expect(await rulesBroken(path, code)).not.toContain(BOUNDARY);
  });
});

const DOMAIN = 'libs/domain/src/planted.ts';
const SERVICE = 'apps/api/src/meetings/planted.service.ts';
const AMBIENT = 'daymark/no-ambient';

describe('rules of our own', () => {
  const refused: (readonly [rule: string, ...Case])[] = [
    ...[
      'Date.now()',
      'new Date()',
      'Date()',
      "Date['now']()",
      'Temporal.Now.instant()',
      'performance.now()',
      'Math.random()',
      'crypto.randomUUID()',
      'setTimeout(() => undefined, 1)',
      'globalThis.setTimeout(() => undefined, 1)',
      "fetch('http://x')",
      'console.log(1)',
    ].flatMap((code) => [DOMAIN, SERVICE].map((path) => [AMBIENT, path, `export const used = () => ${code};`] as const)),
    [AMBIENT, DOMAIN, 'export const used = process.pid;'],
    [AMBIENT, DOMAIN, 'export const used = window.location;'],
    [AMBIENT, DOMAIN, "export { readFileSync } from 'node:fs';"],
    [AMBIENT, DOMAIN, "export { readFileSync } from 'fs';"],
    [AMBIENT, DOMAIN, "export const used = () => import('node:fs');"],
    [AMBIENT, DOMAIN, 'const { now } = Date;\nexport const used = now;'],
    [AMBIENT, SERVICE, "export { setTimeout } from 'node:timers/promises';"],
    [AMBIENT, 'libs/providers/google/src/planted.ts', 'export const used = Date.now();'],
    ['no-restricted-imports', SERVICE, imports('@daymark/provider-contract/testing')],
    ['no-restricted-imports', 'libs/providers/google/src/planted.ts', imports('@daymark/provider-contract/testing')],
    ['no-restricted-imports', 'libs/providers/contract/src/planted.ts', imports('./testing/scene.ts')],
    ['daymark/no-env', SERVICE, "export const used = process.env['PORT'];"],
    ['daymark/no-env', SERVICE, "import { env } from 'node:process';\nexport const used = env;"],
    ['daymark/no-env', SERVICE, 'const { env } = process;\nexport const used = env;'],
    ['daymark/no-env', 'libs/providers/google/src/planted.ts', 'export const used = process.env;'],
    ['daymark/no-data-source', SERVICE, "import { DataSource } from 'typeorm';\nexport const used = DataSource;"],
    ['daymark/no-data-source', SERVICE, "import { InjectDataSource } from '@nestjs/typeorm';\nexport const used = InjectDataSource;"],
    ['daymark/no-data-source', SERVICE, "import { Pool } from 'pg';\nexport const used = Pool;"],
    ['daymark/no-data-source', SERVICE, "import pg from 'pg';\nexport const used = pg;"],
    ['daymark/entity-owners', SERVICE, "import { Meeting } from './meeting.entity.ts';\nexport const used = Meeting;"],
    ['daymark/entity-owners', 'apps/api/src/meetings/planted.repository.ts', "export { Calendar } from '../calendars/calendar.entity.ts';"],
    ['daymark/no-provider-ids', SERVICE, "export const used = (id: string) => id === 'google';"],
    ['daymark/no-provider-ids', SERVICE, 'export const used = (id: string) => id === `outlook`;'],
    ['daymark/no-provider-ids', SERVICE, 'export const used = { caldav: 1 };'],
    ['daymark/no-provider-ids', SERVICE, "export type Used = 'google' | 'outlook';"],
    ['daymark/no-provider-ids', 'libs/api-contract/src/planted.ts', "export const used = 'google';"],
    ['daymark/no-provider-ids', 'apps/admin/src/components/planted.tsx', 'export const Used = () => <i className="google" />;'],
    ['daymark/no-provider-ids', 'libs/providers/google/src/planted.ts', "export const used = 'outlook';"],
    ['daymark/named-exports', 'libs/domain/src/planted.ts', "export * from './time.ts';"],
    ['daymark/named-exports', SERVICE, 'export default class Used {}'],
    ['daymark/named-exports', SERVICE, 'const used = 1;\nexport { used as default };'],
    ['daymark/file-place', 'apps/api/src/meetings/plantedService.ts', 'export const used = 1;'],
    ['daymark/file-place', 'apps/api/src/Meetings/planted.ts', 'export const used = 1;'],
    ['daymark/file-place', 'apps/api/src/meetings/deep/deeper/planted.ts', 'export const used = 1;'],
    ['daymark/no-lint-comments', SERVICE, `/* ${'eslint'}-disable */\nexport const used = 1;`],
    ['daymark/no-lint-comments', SERVICE, `// ${'eslint'}-disable-next-line no-var\nexport const used = 1;`],
    ['daymark/feature-islands', 'apps/admin/src/features/meetings/planted.ts', "export { useEvents } from '../events/use-events.ts';"],
    ['daymark/feature-islands', 'apps/admin/src/components/planted.ts', "export { useEvents } from '../features/events/use-events.ts';"],
    ['max-lines', SERVICE, 'export const used = 1;\n'.padEnd(500, '\n')],
    ['max-lines', 'libs/domain/src/planted.spec.ts', 'export const used = 1;\n'.padEnd(700, '\n')],
    ['@typescript-eslint/no-explicit-any', SERVICE, 'export const used = (one: any) => one;'],
    ['@typescript-eslint/ban-ts-comment', SERVICE, `// @ts-${'ignore'}\nexport const used = 1;`],
    ['no-warning-comments', SERVICE, `// TO${'DO'} later\nexport const used = 1;`],
    [
      'react-hooks/rules-of-hooks',
      'apps/admin/src/components/planted.tsx',
      "import { useState } from 'react';\nexport const Used = (p: { a: boolean }) => { if (p.a) useState(1); return <i />; };",
    ],
  ];
  it.each(refused)('%s catches, in %s: %s', async (rule, path, code) => {
    expect(await rulesBroken(path, code)).toContain(rule);
  });

  const allowed: (readonly [rule: string, ...Case])[] = [
    [AMBIENT, DOMAIN, 'export const used = (at: number) => new Date(at);'],
    [AMBIENT, DOMAIN, 'export const used = (fetch: () => void) => fetch();'],
    [AMBIENT, DOMAIN, 'export type Used = typeof fetch;'],
    [AMBIENT, 'libs/domain/src/planted.spec.ts', 'export const used = Date.now();'],
    [AMBIENT, 'apps/api/src/ports/system-planted.ts', 'export const used = Date.now();'],
    ['daymark/no-data-source', 'apps/api/src/database/planted.ts', "export { DataSource } from 'typeorm';"],
    ['daymark/no-data-source', SERVICE, "import { Entity } from 'typeorm';\nexport const used = Entity;"],
    ['daymark/entity-owners', 'apps/api/src/meetings/planted.repository.ts', "export { Meeting } from './meeting.entity.ts';"],
    ['daymark/no-provider-ids', 'libs/providers/google/src/planted.ts', "export const used = 'google';"],
    ['daymark/no-provider-ids', 'apps/api/src/config/planted.ts', "export const used = 'google';"],
    ['daymark/named-exports', 'apps/admin/vite.config.planted.config.ts', 'export default {};'],
    ['daymark/file-place', 'apps/api/src/meetings/planted.service.ts', 'export const used = 1;'],
    ['daymark/no-provider-ids', 'libs/api-contract/src/planted.ts', "export const used = { example: { provider: 'google' } };"],
    ['daymark/no-provider-ids', 'libs/api-contract/src/planted.ts', "export const eventExample = { provider: 'google' };"],
    ['daymark/entity-owners', 'apps/api/src/meetings/planted.module.ts', "export { Meeting } from './meeting.entity.ts';"],
    ['daymark/file-place', 'apps/api/src/database/migrations/deep/deeper/somethingElse.ts', 'export const used = 1;'],
    ['daymark/feature-islands', 'apps/admin/src/features/meetings/planted.ts', "export { useMeetings } from './use-meetings.ts';"],
    ['daymark/feature-islands', 'apps/admin/src/app/planted.ts', "export { useEvents } from '../features/events/use-events.ts';"],
    ['max-lines', 'libs/domain/src/planted.spec.ts', 'export const used = 1;\n'.padEnd(500, '\n')],
  ];
  it.each(allowed)('%s lets be, in %s: %s', async (rule, path, code) => {
    expect(await rulesBroken(path, code)).not.toContain(rule);
  });

  it('a promise that nobody waits for is caught, with the types of the real project', async () => {
    const typed = new ESLint({ cwd: root });
    const code = 'async function work(): Promise<void> {}\nexport function used(): void {\n  work();\n}\n';
    const [result] = await typed.lintText(code, { filePath: join(root, 'libs/domain/src/ids.ts') });
    expect(result?.messages.map((message) => message.ruleId)).toContain('@typescript-eslint/no-floating-promises');
  });
});

it('nothing planted is in the tree', () => {
  expect(listFiles().filter((file) => /(^|\/)planted/.test(file))).toEqual([]);
});

function isProject(path: string): boolean {
  return existsSync(join(root, path.split('/src/')[0]?.split('/test/')[0] ?? '', 'package.json'));
}
