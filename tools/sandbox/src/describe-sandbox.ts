export interface SandboxPlaces {
  readonly googleUrl: string;
  readonly microsoftUrl: string;
  readonly smtpPort: number;
  readonly controlUrl: string;
  readonly mailUrl: string;
  /** Null with plain http. */
  readonly caFile: string | null;
  /** Null: nothing is kept. */
  readonly dataDir: string | null;
}

/** What is where, for somebody who started the sandbox by hand. */
export function describeSandbox(places: SandboxPlaces): string {
  const { googleUrl, microsoftUrl, smtpPort, controlUrl, mailUrl, caFile, dataDir } = places;
  const lines = [
    'The sandbox runs. It answers on this machine only.',
    '',
    `  Google      ${googleUrl}/calendar/v3/          sign-in and tokens on the same address`,
    `  Microsoft   ${microsoftUrl}/v1.0/          sign-in below ${microsoftUrl}/common/`,
    ...(caFile === null ? [] : [`              over https: trust ${caFile}, for example with NODE_EXTRA_CA_CERTS or curl --cacert`]),
    `  Mail        smtp://127.0.0.1:${smtpPort}          caught mail is read at ${mailUrl}`,
    `  Control     ${controlUrl}/control          seeds people and causes faults: docs/how-to/use-the-sandbox.md`,
    '',
    dataDir === null ? '  Nothing is kept: --data FOLDER keeps it.' : `  Everything is kept in ${dataDir}.`,
    '  Ctrl-C stops it.',
    '',
  ];
  return lines.join('\n');
}
