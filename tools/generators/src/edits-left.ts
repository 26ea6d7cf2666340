import type { ProviderNames } from './provider-names.ts';

/** A change that a person makes, because it says that the product offers the service from then on. */
export interface EditLeft {
  readonly file: string;
  readonly insertions: readonly Insertion[];
}

/** Lines that go below or above the line that begins so. */
export interface Insertion {
  readonly place: 'below' | 'above';
  readonly line: string;
  readonly text: string;
}

export function editsLeft({ id, name, camel, pascal, env }: ProviderNames): readonly EditLeft[] {
  return [
    {
      file: 'apps/api/src/app.module.ts',
      insertions: [
        {
          place: 'below',
          line: "import { ProviderRegistry } from '@daymark/provider-contract';",
          text: `import { ${pascal}ProviderModule } from '@daymark/provider-${id}';`,
        },
        { place: 'below', line: 'const providers = (', text: `  ${pascal}ProviderModule.register(configuration.${camel}),` },
      ],
    },
    {
      file: 'apps/api/src/config/provider-settings.ts',
      insertions: [
        {
          place: 'below',
          line: 'import type { ConfigurationFault }',
          text: `import { ${camel}Settings } from './${id}.config.ts';`,
        },
        { place: 'below', line: 'const sections = {', text: `  ${camel}: ${camel}Settings,` },
      ],
    },
    { file: 'docs/how-to/configure.md', insertions: [{ place: 'above', line: '## Calls to the outside', text: settingsTable(name, env) }] },
  ];
}

/** The text of a file after an edit. @throws Error when the place is not there. */
export function withEdit(text: string, { file, insertions }: EditLeft): string {
  return insertions.reduce((edited, { place, line, text: added }) => {
    const lines = edited.split('\n');
    const at = lines.findIndex((one) => one.startsWith(line));
    if (at === -1) throw new Error(`${file} has no line that begins with '${line}'`);
    return lines.toSpliced(place === 'below' ? at + 1 : at, 0, ...added.split('\n')).join('\n');
  }, text);
}

function settingsTable(name: string, env: string): string {
  return `## ${name}

Without these settings ${name} is shown as not configured.

| Setting | Default | Meaning |
|---|---|---|
| \`DAYMARK_${env}_CLIENT_ID\` | none | Client id of your registration. |
| \`DAYMARK_${env}_CLIENT_SECRET\` | none | Its secret; two separated by a comma while you replace one. |
| \`DAYMARK_${env}_AUTHORIZE_URL\` | none | Where people give consent. |
| \`DAYMARK_${env}_TOKEN_URL\` | none | Where codes and refresh tokens are exchanged. |
| \`DAYMARK_${env}_API_URL\` | none | What stands before the paths of its API. |
`;
}
