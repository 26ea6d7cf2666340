/** A name made up from an address: `ada.lindqvist@acme.example` is Ada Lindqvist. */
export function nameOf(email: string): string {
  return email
    .slice(0, email.indexOf('@'))
    .split(/[._-]+/)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}
