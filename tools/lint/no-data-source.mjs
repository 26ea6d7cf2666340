const NAMES = new Set(['DataSource', 'getDataSourceToken', 'InjectDataSource', 'InjectEntityManager']);

/** Queries run through the tenant's transaction; whoever holds the data source itself could leave the tenant. */
export const noDataSource = {
  meta: { type: 'problem', schema: [], messages: { direct: '{{name}} belongs to the database folder: query through its transactions.' } },
  create(context) {
    return {
      ImportDeclaration(node) {
        if (!['typeorm', '@nestjs/typeorm', 'pg'].includes(node.source.value)) return;
        for (const specifier of node.specifiers) {
          const name = specifier.imported?.name ?? '*';
          const isWhole = specifier.type !== 'ImportSpecifier';
          const isConnection = node.source.value === 'pg' && ['Client', 'Pool'].includes(name);
          if (isWhole || isConnection || NAMES.has(name)) context.report({ node: specifier, messageId: 'direct', data: { name } });
        }
      },
    };
  },
};
