const HOST_ONLY = ['typeorm', '@nestjs/typeorm', 'pg', 'pg-boss', 'pg-copy-streams', '@nestjs/schedule', 'nodemailer', 'express'];

/** Who may import which kind of project. A project whose tags match no line here may import none. */
const PROJECTS = [
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:engine', onlyDependOnLibsWithTags: ['type:domain'] },
  { sourceTag: 'type:wire', onlyDependOnLibsWithTags: ['type:domain', 'wire:contract'] },
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:domain'] },
  { sourceTag: 'type:provider', onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'engine:icalendar'] },
  { sourceTag: 'type:module', onlyDependOnLibsWithTags: ['type:domain', 'engine:icalendar'] },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:domain', 'type:engine', 'type:wire', 'type:contract', 'type:module'] },
  { sourceTag: 'type:testkit', onlyDependOnLibsWithTags: ['type:domain', 'type:contract'] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['*'] },
];

const RUNTIMES = [
  { sourceTag: 'runtime:any', onlyDependOnLibsWithTags: ['runtime:any'] },
  { sourceTag: 'runtime:browser', onlyDependOnLibsWithTags: ['type:wire', 'type:domain'] },
  { sourceTag: 'runtime:node', onlyDependOnLibsWithTags: ['runtime:node', 'runtime:any'] },
];

/** Packages: where a project may use few, they are listed; elsewhere those of the host are refused. */
const PACKAGES = [
  { sourceTag: 'type:domain', allowedExternalImports: ['rrule-temporal', 'temporal-polyfill'] },
  { sourceTag: 'engine:pure', allowedExternalImports: [] },
  { sourceTag: 'engine:icalendar', allowedExternalImports: ['ical.js'] },
  { sourceTag: 'wire:contract', allowedExternalImports: ['zod', 'zod-openapi'] },
  { sourceTag: 'wire:client', allowedExternalImports: [] },
  { sourceTag: 'type:contract', bannedExternalImports: HOST_ONLY },
  { sourceTag: 'type:provider', bannedExternalImports: HOST_ONLY },
  { sourceTag: 'type:module', bannedExternalImports: HOST_ONLY },
  { sourceTag: 'runtime:browser', bannedExternalImports: [...HOST_ONLY, '@nestjs/*', 'googleapis', 'undici'] },
];

const EXTRA_TAGS = {
  product: () => [],
  composition: (sourceTag) => (sourceTag === 'type:app' ? ['type:provider'] : []),
  test: (sourceTag) => (sourceTag === 'type:app' ? ['type:provider', 'type:testkit', 'type:tool'] : ['type:testkit', 'type:tool']),
};

/**
 * Options of `@nx/enforce-module-boundaries`. `where`: 'product' (the table of who may import whom), 'composition' (where the
 * providers are installed: they may be imported too) or 'test' (also the sandbox, the tools and any package).
 */
export function boundaries(where) {
  const projects = PROJECTS.map(({ sourceTag, onlyDependOnLibsWithTags }) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [...onlyDependOnLibsWithTags, ...EXTRA_TAGS[where](sourceTag)],
  }));
  return [
    'error',
    {
      allow: where === 'test' ? [String.raw`^(\.\./)+(vitest\.shared\.ts|(lint/)?[a-z-]+\.mjs)$`] : [],
      enforceBuildableLibDependency: false,
      banTransitiveDependencies: true,
      depConstraints: where === 'test' ? projects : [...projects, ...RUNTIMES, ...PACKAGES],
    },
  ];
}
