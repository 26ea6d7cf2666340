import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { seedDemo } from './demo/seed-demo.ts';
import { describeSandbox } from './describe-sandbox.ts';
import { startSandbox } from './start-sandbox.ts';
import { CA_FILE } from './tls/development-ca.ts';

const DEFAULT_PORT = '4010';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: DEFAULT_PORT },
    data: { type: 'string' },
    demo: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'client-id': { type: 'string' },
    'client-secret': { type: 'string', multiple: true, default: [] },
    'redirect-uri': { type: 'string', multiple: true, default: [] },
    'microsoft-port': { type: 'string' },
    'microsoft-tls': { type: 'boolean', default: false },
    'microsoft-client-id': { type: 'string' },
    'microsoft-client-secret': { type: 'string', multiple: true, default: [] },
    'microsoft-redirect-uri': { type: 'string', multiple: true, default: [] },
  },
});
const clientId = values['client-id'];
const microsoftId = values['microsoft-client-id'];
const microsoftPort = values['microsoft-port'];
const sandbox = await startSandbox({
  port: Number(values.port),
  dataDir: values.data ?? null,
  clients: clientId === undefined ? [] : [{ id: clientId, secrets: values['client-secret'], redirectUris: values['redirect-uri'] }],
  ...(microsoftPort === undefined ? {} : { microsoftPort: Number(microsoftPort) }),
  microsoftTls: values['microsoft-tls'],
  microsoftClients:
    microsoftId === undefined
      ? []
      : [{ id: microsoftId, secrets: values['microsoft-client-secret'], redirectUris: values['microsoft-redirect-uri'] }],
});
if (values.demo) seedDemo(sandbox.google, { nowMs: sandbox.clock.now() });
await sandbox.flush();
const caFile = sandbox.caPem === null ? null : placeCaFile(sandbox.caPem);
const { googleUrl, microsoftUrl, smtpPort, controlUrl } = sandbox;
const places = { googleUrl, microsoftUrl, smtpPort, controlUrl, mailUrl: `${controlUrl}/mail`, caFile };
process.stdout.write(values.json ? `${JSON.stringify(places)}\n` : describeSandbox({ ...places, dataDir: values.data ?? null }));

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    if (caFile !== null && values.data === undefined) rmSync(dirname(caFile), { recursive: true, force: true });
    void sandbox.close().then(() => process.exit(0));
  });
}

/** In the data folder it is there already; without one it needs a place of its own until the end. */
function placeCaFile(caPem: string): string {
  if (values.data !== undefined) return join(values.data, CA_FILE);
  const file = join(mkdtempSync(join(tmpdir(), 'daymark-sandbox-ca-')), CA_FILE);
  writeFileSync(file, caPem);
  return file;
}
