import { describe, expect, it } from 'vitest';
import { replaceTextBeside } from './outlook-meeting-block.ts';

const JOIN = 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%3a%221%22%7d&p=2';
const LINE = `<div style="width:100%"><span style="opacity:.36">${'_'.repeat(80)}</span></div>`;
const BLOCK = `<div class="me-email-text"><div><span>Microsoft Teams meeting</span></div><a href="${JOIN.replace('&', '&amp;')}">Join</a></div>`;

function replaced(html: string, text = 'New\nagenda'): string | null {
  return replaceTextBeside(JOIN, { html, text });
}

describe('the body of an online meeting', () => {
  it.each([
    [
      'as Teams writes it',
      `<html><head><style>p{}</style></head><body><div>Old agenda</div><br>${LINE}${BLOCK}${LINE}</body></html>`,
      `${LINE}${BLOCK}${LINE}`,
    ],
    ['without a line', `<html><body><p>Old<br>agenda</p>${BLOCK}<p>below</p></body></html>`, `${BLOCK}<p>below</p>`],
    ['without a frame', `Old agenda${BLOCK}`, BLOCK],
    ['with elements left open', `<body><p>Old<p>agenda<div>more${'<span>'}</div></p></p>${BLOCK}</BODY>`, BLOCK],
  ])('keeps the block %s, and nothing of the old text', (_name, html, block) => {
    expect(replaced(html)).toBe(`<html><body>New<br>agenda<br>${block}</body></html>`);
  });

  it('is all block and no text', () => {
    expect(replaced(`<body>Old${BLOCK}</body>`, '')).toBe(`<html><body>${BLOCK}</body></html>`);
  });

  it('has text as text', () => {
    expect(replaced(BLOCK, '<b>"1" & 2</b>')).toContain('<body>&lt;b&gt;&quot;1&quot; &amp; 2&lt;/b&gt;<br>');
  });

  it('has no block to keep where it has no link', () => {
    expect(replaced('<body>Join at another place</body>')).toBeNull();
  });
});
