import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginProvider } from './begin-provider.ts';
import { editsLeft, withEdit } from './edits-left.ts';
import { inWordsOf, providerNames } from './provider-names.ts';

const root = join(import.meta.dirname, '../../..');

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'daymark-generators-'));
  mkdirSync(join(workspace, 'apps/api/src/config'), { recursive: true });
  cpSync(join(root, 'apps/api/package.json'), join(workspace, 'apps/api/package.json'));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

describe('the names of a provider', () => {
  it('follow from its id, unless people call it otherwise', () => {
    expect(providerNames('my-cal')).toEqual({ id: 'my-cal', name: 'My Cal', camel: 'myCal', pascal: 'MyCal', env: 'MY_CAL' });
    expect(providerNames('zimbra', 'Zimbra & Co.').name).toBe('Zimbra & Co.');
  });

  it.each(['Zimbra', 'my_cal', 'my--cal', '-cal', '2cal', 'cal/../../x', '', 'a'.repeat(41)])('refuse the id %j', (id) => {
    expect(() => providerNames(id)).toThrow('kebab-case');
  });

  it.each(["Bob's", '`', 'a\nb', '${x}', 'a | b', ''])('refuse the name %j', (name) => {
    expect(() => providerNames('zimbra', name)).toThrow('is no name');
  });

  it('are put in place of each spelling of the template, once', () => {
    const text = "acmeAuth AcmeProvider ACME_ID 'acme' ./acme-auth.ts Acme Calendar";
    expect(inWordsOf(providerNames('acme-cal', 'The Acme'), text)).toBe(
      "acmeCalAuth AcmeCalProvider ACME_CAL_ID 'acme-cal' ./acme-cal-auth.ts The Acme",
    );
  });
});

describe('a begun provider', () => {
  it('has the files that the others have, and no word of the template', async () => {
    const written = await beginProvider(workspace, providerNames('my-cal', 'My Cal'));
    const rolesOf = (provider: string, folder = root) =>
      readdirSync(join(folder, 'libs/providers', provider), { recursive: true, encoding: 'utf8' }).map((path) =>
        path.replaceAll(provider, '<id>'),
      );
    const mine = rolesOf('my-cal', workspace);
    expect(mine).toEqual(expect.arrayContaining(['README.md', join('src', '<id>-auth.ts'), join('src', 'testing', '<id>-world.ts')]));
    const known = [...rolesOf('google'), ...rolesOf('outlook'), join('src', '<id>.module.spec.ts')];
    expect(mine.filter((path) => !known.includes(path))).toEqual([]);
    for (const path of written) expect(readFileSync(join(workspace, path), 'utf8')).not.toMatch(/acme/i);
    expect(JSON.parse(readFileSync(join(workspace, 'apps/api/package.json'), 'utf8')).dependencies).toMatchObject({
      '@daymark/provider-my-cal': '*',
    });
  });

  it('is not begun again, and nothing is written over', async () => {
    const [written = ''] = await beginProvider(workspace, providerNames('zimbra'));
    rmSync(join(workspace, written));
    await expect(beginProvider(workspace, providerNames('zimbra', 'Another'))).rejects.toThrow(
      "'zimbra' is taken, see libs/providers/zimbra and apps/api/src/config/zimbra.config.ts and apps/api/package.json",
    );
    expect(existsSync(join(workspace, written))).toBe(false);
  });

  it.each(['google', 'outlook', 'contract'])('does not take the id of %s', async (id) => {
    mkdirSync(dirname(join(workspace, 'libs/providers', id)), { recursive: true });
    cpSync(join(root, 'libs/providers', id, 'package.json'), join(workspace, 'libs/providers', id, 'package.json'));
    await expect(beginProvider(workspace, providerNames(id))).rejects.toThrow('is taken');
  });

  it('needs three edits, whose places are there', () => {
    const edits = editsLeft(providerNames('my-cal'));
    expect(edits.map(({ file }) => file)).toEqual([
      'apps/api/src/app.module.ts',
      'apps/api/src/config/provider-settings.ts',
      'docs/how-to/configure.md',
    ]);
    for (const edit of edits) expect(withEdit(readFileSync(join(root, edit.file), 'utf8'), edit)).toMatch(/my-?_?cal/i);
  });
});
