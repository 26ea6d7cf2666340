import { basename, dirname, resolve } from 'node:path';
import { onModules } from './global-references.mjs';

/** An entity is a row: only repositories of its own folder know it (and the module that installs it), everything else gets domain types. */
export const entityOwners = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { owner: 'Only a repository in the folder of {{entity}} may import it: return domain types.' },
  },
  create(context) {
    const folder = dirname(context.filename);
    const isOwner = /\.(repository|entity|module)(\.spec)?\.ts$/.test(basename(context.filename));
    return onModules((source, node) => {
      if (!source.startsWith('.') || !/\.entity(\.[jt]s)?$/.test(source)) return;
      const target = resolve(folder, source);
      if (isOwner && dirname(target) === folder) return;
      context.report({ node, messageId: 'owner', data: { entity: basename(target) } });
    });
  },
};
