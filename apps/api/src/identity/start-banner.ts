/** What a newcomer needs first. */
export interface StartFacts {
  readonly mode: 'demo' | 'development' | 'production';
  readonly publicUrl: string;
  /** Works once; null when everybody has their own way in. */
  readonly signInUrl: string | null;
  readonly demo: { readonly apiKey: string; readonly mailUrl: string | null } | null;
  /** What the operator has to do first. */
  readonly hint: string | null;
}

/** The lines printed when the product is up. */
export function startBanner({ mode, publicUrl, signInUrl, demo, hint }: StartFacts): string {
  const rows: [string, string][] = [
    ['Admin', publicUrl],
    ...(signInUrl === null ? [] : ([['Sign in (once)', signInUrl]] as [string, string][])),
    ['API', `${publicUrl}/v1`],
    ['API pages', `${publicUrl}/docs`],
    ...(demo === null ? [] : ([['API key', demo.apiKey]] as [string, string][])),
    ...(demo?.mailUrl == null ? [] : ([['Mail sent', demo.mailUrl]] as [string, string][])),
  ];
  const line = '─'.repeat(72);
  const facts = rows.map(([name, value]) => `  ${name.padEnd(15)} ${value}`);
  const trial = demo === null ? [] : ['', '  Book a meeting:', '', ...bookingCommand(publicUrl, demo.apiKey).map((part) => `  ${part}`)];
  return ['', line, `  Daymark is up (${mode})`, '', ...facts, ...(hint === null ? [] : ['', `  ${hint}`]), ...trial, line, ''].join('\n');
}

/** The next free time in the owner's calendar; each call books another one. */
function bookingCommand(publicUrl: string, apiKey: string): string[] {
  return [
    `curl -X POST ${publicUrl}/v1/meetings/quick-book \\`,
    `  -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' \\`,
    `  -d '{"title":"First meeting","duration_minutes":30,"attendees":[{"email":"you@customer.example"}]}'`,
  ];
}
