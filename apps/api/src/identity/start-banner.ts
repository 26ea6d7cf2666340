/** What a newcomer needs first. */
export interface StartFacts {
  readonly mode: 'demo' | 'development' | 'production';
  readonly publicUrl: string;
  /** A link that works once, or the command that makes one; null when there is nobody to sign in. */
  readonly signIn: { readonly url: string } | { readonly command: string } | null;
  readonly demo: { readonly apiKey: string; readonly mailUrl: string | null } | null;
  /** What the operator has to do, line by line. */
  readonly hint: readonly string[];
}

/** The lines printed when the product is up. */
export function startBanner({ mode, publicUrl, signIn, demo, hint }: StartFacts): string {
  const rows: [string, string][] = [
    ['Admin', publicUrl],
    ...(signIn === null ? [] : [signInRow(signIn)]),
    ['API', `${publicUrl}/v1`],
    ['API pages', `${publicUrl}/docs`],
    ...(demo === null ? [] : ([['API key', demo.apiKey]] as [string, string][])),
    ...(demo?.mailUrl == null ? [] : ([['Mail sent', demo.mailUrl]] as [string, string][])),
  ];
  const line = '─'.repeat(72);
  const facts = rows.map(([name, value]) => `  ${name.padEnd(15)} ${value}`);
  const trial = demo === null ? [] : ['', '  Book a meeting:', '', ...bookingCommand(publicUrl, demo.apiKey).map((part) => `  ${part}`)];
  return [
    '',
    line,
    `  Daymark is up (${mode})`,
    '',
    ...facts,
    ...(hint.length === 0 ? [] : ['', ...hint.map((text) => `  ${text}`)]),
    ...trial,
    line,
    '',
  ].join('\n');
}

function signInRow(signIn: NonNullable<StartFacts['signIn']>): [string, string] {
  return 'url' in signIn ? ['Sign in (once)', signIn.url] : ['Sign-in link', signIn.command];
}

/** The next free time in the owner's calendar; each call books another one. */
function bookingCommand(publicUrl: string, apiKey: string): string[] {
  return [
    `curl -X POST ${publicUrl}/v1/meetings/quick-book \\`,
    `  -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' \\`,
    `  -d '{"title":"First meeting","duration_minutes":30,"attendees":[{"email":"you@customer.example"}]}'`,
  ];
}
