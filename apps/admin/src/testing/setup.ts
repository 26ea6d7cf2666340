import { notifications } from '@mantine/notifications';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';

/** A busy machine is slow; a condition that never comes true still fails. */
configure({ asyncUtilTimeout: 8000 });

/** What Mantine asks of a browser and happy-dom does not have. */
beforeEach(() => {
  localStorage.clear();
  window.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
  document.elementFromPoint = () => null;
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
});

afterEach(() => {
  notifications.clean();
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
