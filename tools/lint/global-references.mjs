/** Every use as a value of a name that the file does not declare itself: [{ name, node }]. */
export function globalReferences(sourceCode) {
  const globalScope = sourceCode.scopeManager.globalScope;
  const references = [
    ...globalScope.through,
    ...globalScope.variables.filter((variable) => variable.defs.length === 0).flatMap((variable) => variable.references),
  ];
  const seen = new Set();
  return references
    .filter((reference) => reference.isValueReference !== false && reference.identifier.parent?.type !== 'TSTypeQuery')
    .map((reference) => ({ name: reference.identifier.name, node: reference.identifier }))
    .filter(({ node }) => !seen.has(node) && seen.add(node));
}

/** The name read from an object: `now` of `Date.now`, `Date['now']` and `const { now } = Date`; null when it cannot be told. */
export function propertiesRead(node) {
  const parent = node.parent;
  if (parent?.type === 'MemberExpression' && parent.object === node) {
    if (!parent.computed && parent.property.type === 'Identifier') return [parent.property.name];
    if (parent.property.type === 'Literal') return [String(parent.property.value)];
    return [];
  }
  if (parent?.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'ObjectPattern') {
    return parent.id.properties.flatMap((property) => (property.key?.type === 'Identifier' ? [property.key.name] : []));
  }
  return [];
}

/** Calls `visit(source, node)` for each module that a file imports, re-exports or loads. */
export function onModules(visit) {
  const fromSource = (node) => {
    if (node.source?.type === 'Literal') visit(String(node.source.value), node);
  };
  return {
    ImportDeclaration: fromSource,
    ExportNamedDeclaration: fromSource,
    ExportAllDeclaration: fromSource,
    ImportExpression: fromSource,
  };
}
