import { isBuiltin } from 'node:module';
import { globalReferences, onModules, propertiesRead } from './global-references.mjs';

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask'];
const GLOBALS = {
  timers: TIMERS,
  network: ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'],
  process: ['process', 'Buffer', 'require'],
  console: ['console'],
  browser: ['window', 'document', 'navigator', 'localStorage', 'sessionStorage', 'location'],
};
const MEMBERS = {
  clock: { Date: ['now'], Temporal: ['Now'], performance: ['now', 'timeOrigin'] },
  chance: { Math: ['random'], crypto: ['randomUUID', 'getRandomValues'] },
};
const WHOLE = new Set(['globalThis', 'global', 'self']);

/** Time, chance and the outside world come in as arguments or ports; `bans` lists the kinds that a file must not reach by itself. */
export const noAmbient = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { bans: { type: 'array', items: { type: 'string' } } }, additionalProperties: false }],
    messages: { ambient: '{{what}} is not for this file ({{kind}}): take it as an argument or through an injected port.' },
  },
  create(context) {
    const bans = context.options[0]?.bans ?? [];
    const kindOfGlobal = new Map(bans.flatMap((kind) => (GLOBALS[kind] ?? []).map((name) => [name, kind])));
    const members = bans.flatMap((kind) => Object.entries(MEMBERS[kind] ?? {}).map(([object, names]) => ({ kind, object, names })));
    const report = (node, what, kind) => context.report({ node, messageId: 'ambient', data: { what, kind } });

    return {
      ...onModules((source, node) => {
        if (bans.includes('node') && isBuiltin(source)) report(node, `'${source}'`, 'node');
        if (bans.includes('timers') && /^(node:)?timers(\/promises)?$/.test(source)) report(node, `'${source}'`, 'timers');
      }),
      'Program:exit'() {
        for (const { name, node } of globalReferences(context.sourceCode)) {
          if (kindOfGlobal.has(name)) report(node, name, kindOfGlobal.get(name));
          for (const { kind, object, names } of members) {
            if (object === name && propertiesRead(node).some((property) => names.includes(property))) {
              report(node, `${name}.${propertiesRead(node).join(', ')}`, kind);
            }
          }
          if (name === 'Date' && bans.includes('clock') && readsTheClock(node)) report(node, 'the current Date', 'clock');
          if (WHOLE.has(name)) {
            for (const property of propertiesRead(node)) {
              if (kindOfGlobal.has(property)) report(node, `${name}.${property}`, kindOfGlobal.get(property));
            }
          }
        }
      },
    };
  },
};

function readsTheClock(date) {
  const { parent } = date;
  if (parent?.callee !== date) return false;
  return parent.type === 'CallExpression' || (parent.type === 'NewExpression' && parent.arguments.length === 0);
}
