import { dirname, resolve } from 'node:path';
import { onModules } from './global-references.mjs';

const PLACE = /[\\/]src[\\/](features|components|lib)(?:[\\/]([^\\/]+))?/;

/** Features of the admin app do not know each other, and what they share does not know them. */
export const featureIslands = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { island: "'{{from}}' must not import the feature '{{to}}': move what both need to components/ or lib/." },
  },
  create(context) {
    const own = PLACE.exec(context.filename);
    if (!own) return {};
    return onModules((source, node) => {
      if (!source.startsWith('.')) return;
      const target = PLACE.exec(resolve(dirname(context.filename), source));
      if (target?.[1] !== 'features' || (own[1] === 'features' && own[2] === target[2])) return;
      context.report({ node, messageId: 'island', data: { from: own[1] === 'features' ? own[2] : own[1], to: target[2] } });
    });
  },
};
