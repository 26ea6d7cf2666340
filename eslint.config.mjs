import { readdirSync } from 'node:fs';
import nx from '@nx/eslint-plugin';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { boundaries } from './tools/lint/boundaries.mjs';
import { daymark } from './tools/lint/plugin.mjs';

const CODE = ['**/*.{ts,tsx,mts,mjs,js}'];
const TYPED = ['**/src/**/*.{ts,tsx}', 'apps/api/test/**/*.ts'];
const GENERATED = ['**/generated/**', '**/*.gen.ts'];
const RECORDED = ['**/__fixtures__/**', '**/fixtures/**', '**/migrations/**'];
const TESTS = ['**/*.spec.{ts,tsx}', '**/*.e2e-spec.ts', '**/test/**', '**/testing/**', '**/src/testing.ts', '**/vitest.*.ts'];
/** Configuration of tools and scripts beside a project's sources. */
const CONFIGURATION = ['**/*.config.{ts,mts,mjs,js}', 'libs/*/*.mjs', 'libs/providers/*/*.mjs', 'apps/*/*.mjs', 'apps/*/dev/**'];

/** Where no project graph knows a file (root, tools/lint), or what it imports (a template of settings), Nx has nothing to say. */
const OUTSIDE_PROJECTS = ['*.{ts,mjs}', 'tools/*.mjs', 'tools/lint/**', 'tools/generators/settings/**'];

/** Libraries that run anywhere: no Node, no browser, no clock and no chance of their own. */
const RUNTIME_ANY = ['domain', 'scheduling', 'sync', 'icalendar', 'api-contract', 'client'].map((lib) => `libs/${lib}/src/**/*.ts`);

/** The only files of the product that may touch clock, chance, timers and the network by themselves. */
const ADAPTERS = [
  'apps/api/src/main.ts',
  'apps/api/src/**/system-*.ts',
  'libs/reminders/src/**/system-*.ts',
  'libs/providers/*/src/**/system-*.ts',
];

const COMPOSITION = ['apps/api/src/app.module.ts', 'apps/api/src/config/**'];

const PROVIDER_IDS = [
  ...new Set([
    'outlook',
    'caldav',
    ...readdirSync(new URL('libs/providers', import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'contract')
      .map((entry) => entry.name),
  ]),
];

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', '.nx/**', '.daymark/**', '**/*.d.ts', ...GENERATED] },
  {
    files: CODE,
    extends: [tseslint.configs.recommended],
    plugins: { daymark },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      'max-lines': ['error', { max: 400 }],
      'daymark/file-place': 'error',
      'daymark/named-exports': 'error',
      'daymark/no-lint-comments': 'error',
    },
  },
  {
    files: TYPED,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },

  {
    files: CODE,
    ignores: [...TESTS, ...CONFIGURATION, ...COMPOSITION, ...OUTSIDE_PROJECTS],
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': boundaries('product') },
  },
  { files: COMPOSITION, ignores: TESTS, plugins: { '@nx': nx }, rules: { '@nx/enforce-module-boundaries': boundaries('composition') } },
  {
    files: [...TESTS, ...CONFIGURATION],
    ignores: OUTSIDE_PROJECTS,
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': boundaries('test') },
  },

  {
    files: RUNTIME_ANY,
    ignores: TESTS,
    rules: { 'daymark/no-ambient': ['error', { bans: ['clock', 'chance', 'timers', 'network', 'process', 'console', 'browser', 'node'] }] },
  },
  {
    files: ['apps/api/src/**/*.ts', 'libs/providers/*/src/**/*.ts', 'libs/reminders/src/**/*.ts'],
    ignores: [...TESTS, ...ADAPTERS],
    rules: { 'daymark/no-ambient': ['error', { bans: ['clock', 'chance', 'timers', 'network', 'console'] }] },
  },
  {
    files: ['apps/*/src/**/*.{ts,tsx}', 'libs/**/src/**/*.ts'],
    ignores: [...TESTS, 'apps/api/src/config/config.ts', 'apps/api/src/main.ts'],
    rules: { 'daymark/no-env': 'error' },
  },
  {
    files: ['apps/api/src/**/*.ts', 'libs/**/src/**/*.ts'],
    ignores: [...TESTS, 'apps/api/src/database/**'],
    rules: { 'daymark/no-data-source': 'error' },
  },
  { files: ['apps/api/src/**/*.ts'], ignores: ['apps/api/src/database/**'], rules: { 'daymark/entity-owners': 'error' } },
  {
    files: ['apps/*/src/**/*.{ts,tsx}', 'libs/**/src/**/*.ts'],
    ignores: [...TESTS, ...RECORDED, ...COMPOSITION],
    rules: { 'daymark/no-provider-ids': ['error', { ids: PROVIDER_IDS }] },
  },
  ...PROVIDER_IDS.map((id) => ({
    files: [`libs/providers/${id}/**/*.ts`],
    ignores: TESTS,
    rules: { 'daymark/no-provider-ids': ['error', { ids: PROVIDER_IDS.filter((other) => other !== id) }] },
  })),

  {
    files: ['apps/admin/src/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    rules: { 'daymark/feature-islands': 'error' },
  },

  {
    files: ['apps/*/src/**/*.{ts,tsx}', 'libs/**/src/**/*.ts'],
    ignores: [...TESTS, ...CONFIGURATION],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@daymark/*/testing', './testing.ts', '**/testing/*'], message: 'What is for tests is not part of the product.' },
          ],
        },
      ],
    },
  },
  { files: TESTS, rules: { 'max-lines': ['error', { max: 600 }] } },
  { files: RECORDED, rules: { 'max-lines': 'off', 'daymark/file-place': 'off', 'daymark/named-exports': 'off' } },
  { files: CONFIGURATION, rules: { 'daymark/named-exports': 'off', 'daymark/file-place': 'off' } },
);
