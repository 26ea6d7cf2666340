/** Leaves the app for a page of a provider; only addresses of the web are followed. */
export function leaveTo(url: string): void {
  if (/^https?:\/\//.test(url)) window.location.assign(url);
}
