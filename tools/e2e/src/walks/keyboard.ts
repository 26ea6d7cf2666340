import type { Page } from 'playwright-core';

interface Focus {
  /** Of the field's label, without the mark of a required field. */
  readonly label: string | null;
  readonly text: string;
  /** Of a time that can be chosen. */
  readonly start: string | null;
}

const MOST_PRESSES = 80;

/** Presses a key as often as a person would have to. @throws Error when the focus never gets there. */
export async function pressUntilFocused(page: Page, key: string, isThere: (focus: Focus) => boolean): Promise<void> {
  const met: string[] = [];
  for (let presses = 0; presses < MOST_PRESSES; presses += 1) {
    await page.keyboard.press(key);
    const focus = await focusOf(page);
    if (isThere(focus)) return;
    met.push(focus.label ?? focus.text.slice(0, 20));
  }
  throw new Error(`${key} does not lead there; it led to ${met.join(', ')}`);
}

function focusOf(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent ?? null;
    return {
      label: label?.replace(/\s*\*$/, '') ?? null,
      text: element === document.body ? '' : (element?.textContent ?? '').trim(),
      start: element?.getAttribute('data-start') ?? null,
    };
  });
}
