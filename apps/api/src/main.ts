import 'reflect-metadata';
import { requireRuntime } from './runtime.ts';

requireRuntime(process.versions.node);
const { start } = await import('./start.ts');
await start();
