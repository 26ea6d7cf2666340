import { basename, sep } from 'node:path';

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** File names are kebab-case with an optional role (`meetings.service.ts`), at most two folders below `src`. */
export const filePlace = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { name: "'{{name}}' is not kebab-case.", depth: 'At most two folders below src; this one is {{depth}} deep.' },
  },
  create(context) {
    return {
      Program(node) {
        const parts = context.filename.split(sep);
        const source = parts.lastIndexOf('src');
        const folders = source === -1 ? [] : parts.slice(source + 1, -1);
        for (const name of [...folders, basename(context.filename)]) {
          if (!KEBAB.test(name)) context.report({ node, messageId: 'name', data: { name } });
        }
        if (folders.length > 2) context.report({ node, messageId: 'depth', data: { depth: String(folders.length) } });
      },
    };
  },
};
