// Runs before the first paint, so that a pinned scheme does not flash; a file because the policy forbids inline scripts.
(() => {
  let pinned = null;
  try {
    pinned = localStorage.getItem('mantine-color-scheme-value');
  } catch {
    pinned = null;
  }
  const isDark = pinned === 'dark' || (pinned !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
