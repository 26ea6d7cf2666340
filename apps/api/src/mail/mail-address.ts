/** The address in `Daymark <calendar@corp.example>`, or the whole text when it is one itself. */
export function addressIn(from: string): string {
  return (/<([^<>]+)>\s*$/.exec(from)?.[1] ?? from).trim();
}

/** What Message-IDs end in: the domain that the installation sends mail for. */
export function mailDomain(from: string): string {
  const domain = addressIn(from).split('@')[1]?.toLowerCase() ?? '';
  return /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(domain) ? domain : 'daymark.invalid';
}
