/** What a file offers is listed by name, so that a reader and a search find it. */
export const namedExports = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { all: "'export *' hides what is offered: name it.", byDefault: 'Export it under a name.' },
  },
  create(context) {
    return {
      ExportAllDeclaration: (node) => context.report({ node, messageId: 'all' }),
      ExportDefaultDeclaration: (node) => context.report({ node, messageId: 'byDefault' }),
      ExportSpecifier: (node) => node.exported.name === 'default' && context.report({ node, messageId: 'byDefault' }),
    };
  },
};
