import { globalReferences, onModules, propertiesRead } from './global-references.mjs';

/** The environment is read in one place, so that one schema can name everything that is wrong with it. */
export const noEnv = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { env: 'Only config/config.ts reads the environment: take the value from the configuration.' },
  },
  create(context) {
    return {
      ...onModules((source, node) => {
        if (!/^(node:)?process$/.test(source)) return;
        const names = (node.specifiers ?? []).map((specifier) => specifier.imported?.name ?? 'default');
        if (names.some((name) => name === 'env' || name === 'default')) context.report({ node, messageId: 'env' });
      }),
      'Program:exit'() {
        for (const { name, node } of globalReferences(context.sourceCode)) {
          if (name === 'process' && propertiesRead(node).some((property) => property === 'env' || property === 'loadEnvFile')) {
            context.report({ node, messageId: 'env' });
          }
        }
      },
    };
  },
};
