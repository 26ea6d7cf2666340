/** What differs between calendar services is a capability or data of the provider, never a comparison with its id. */
export const noProviderIds = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { ids: { type: 'array', items: { type: 'string' } } }, additionalProperties: false }],
    messages: { id: "The provider id '{{id}}' is written outside its own folder: ask for a capability or let the provider say it." },
  },
  create(context) {
    const ids = new Set(context.options[0]?.ids ?? []);
    const check = (node, id) => {
      if (ids.has(id) && !isExample(node)) context.report({ node, messageId: 'id', data: { id } });
    };
    return {
      Literal: (node) => check(node, node.value),
      TemplateElement: (node) => check(node, node.value.cooked),
      Property: (node) => !node.computed && node.key.type === 'Identifier' && check(node.key, node.key.name),
      MemberExpression: (node) => !node.computed && check(node.property, node.property.name),
    };
  },
};

/** Documentation needs a name to show: values below `example: …` or in a constant named so decide nothing. */
function isExample(node) {
  for (let above = node.parent; above; above = above.parent) {
    const name = above.type === 'Property' ? above.key.name : above.type === 'VariableDeclarator' ? above.id.name : undefined;
    if (name !== undefined && /examples?$/i.test(name)) return true;
  }
  return false;
}
