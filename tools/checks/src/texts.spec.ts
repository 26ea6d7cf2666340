import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, read, root } from './workspace.ts';

const TEXT = /\.(ts|tsx|mts|js|mjs|md|ya?ml|html|css|mjml|sh)$|(^|\/)(Dockerfile|run)$/;
const OWN = 'tools/checks/src/texts.spec.ts';

/** How the work came about belongs to the history of the repository, not into it. */
const WORKSHOP_WORDS: readonly RegExp[] = [
  /\b(issue|ticket|task|card) #?\d+/i,
  /\b(previous|earlier|this|next|later) (issue|ticket|coding session|working session)\b/i,
  /\b(sub-?agents?|language model session|chat ?gpt|claude|anthropic|copilot)\b/i,
  /\b(TODO|FIXME|HACK)\b/,
  /(^|[\s'"`(])\/(work|tmp\/brief)\b/,
];

describe('texts', () => {
  it('do not speak about how they came about', () => {
    const found = listFiles()
      .filter((file) => TEXT.test(file) && file !== OWN && !/(^|\/)(__fixtures__|fixtures|generated)\//.test(file))
      .flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, index) => (WORKSHOP_WORDS.some((words) => words.test(line)) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
      );
    expect(found).toEqual([]);
  });

  it('link to files that exist', () => {
    const broken = listFiles()
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        links(read(file))
          .filter((target) => !existsSync(resolveLink(file, target)))
          .map((target) => `${file}: ${target}`),
      );
    expect(broken).toEqual([]);
  });
});

function links(markdown: string): string[] {
  const prose = markdown.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^([a-z]+:|#)/i.test(target));
}

function resolveLink(file: string, target: string): string {
  const path = decodeURIComponent(target.split('#')[0] ?? '');
  return path.startsWith('/') ? join(root, path) : normalize(join(root, dirname(file), path));
}
