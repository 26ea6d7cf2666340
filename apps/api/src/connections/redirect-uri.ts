/** Where a provider sends the browser after consent; registered there to the letter. */
export function connectRedirectUri(publicUrl: string, provider: string): string {
  return `${publicUrl}/oauth/${provider}/callback`;
}
