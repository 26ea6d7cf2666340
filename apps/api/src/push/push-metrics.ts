import { Counter, Gauge } from 'prom-client';

/**
 * What came to the address of a channel. `genuine`, `forged` (another secret) and `unknown` (no such channel) count
 * single notices, the others deliveries.
 */
export const noticesTotal = new Counter({
  name: 'notices_total',
  help: 'Notices of changes, by provider and what was made of them',
  labelNames: ['provider', 'outcome'] as const,
});

export const channelsGauge = new Gauge({
  name: 'push_channels',
  help: 'Push channels of the installation, by provider and state',
  labelNames: ['provider', 'state'] as const,
});
