import { parseArgs } from 'node:util';
import { seedDemo } from './demo/seed-demo.ts';
import { startSandbox } from './start-sandbox.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    data: { type: 'string' },
    demo: { type: 'boolean', default: false },
    'client-id': { type: 'string' },
    'client-secret': { type: 'string', multiple: true, default: [] },
    'redirect-uri': { type: 'string', multiple: true, default: [] },
    'microsoft-port': { type: 'string', default: '0' },
    'microsoft-client-id': { type: 'string' },
    'microsoft-client-secret': { type: 'string', multiple: true, default: [] },
    'microsoft-redirect-uri': { type: 'string', multiple: true, default: [] },
  },
});
const clientId = values['client-id'];
const microsoftId = values['microsoft-client-id'];
const sandbox = await startSandbox({
  port: Number(values.port),
  dataDir: values.data ?? null,
  clients: clientId === undefined ? [] : [{ id: clientId, secrets: values['client-secret'], redirectUris: values['redirect-uri'] }],
  microsoftPort: Number(values['microsoft-port']),
  microsoftClients:
    microsoftId === undefined
      ? []
      : [{ id: microsoftId, secrets: values['microsoft-client-secret'], redirectUris: values['microsoft-redirect-uri'] }],
});
if (values.demo) seedDemo(sandbox.google, { nowMs: sandbox.clock.now() });
await sandbox.flush();
const { googleUrl, microsoftUrl, smtpPort, controlUrl } = sandbox;
process.stdout.write(`${JSON.stringify({ googleUrl, microsoftUrl, smtpPort, controlUrl, mailUrl: `${controlUrl}/mail` })}\n`);

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void sandbox.close().then(() => process.exit(0));
  });
}
