import { escapeHtml } from './plain-text.ts';

/** One line of a mail; `url` makes it a link. Plain text, one line each. */
export interface MailLine {
  readonly text: string;
  readonly url?: string | null;
  readonly isStrong?: boolean;
}

/** Lines that belong together, under a label. HTML and text are made from the same blocks, so they say the same. */
export interface MailBlock {
  readonly label: string | null;
  readonly lines: readonly MailLine[];
}

export function blocksToHtml(blocks: readonly MailBlock[]): string {
  return blocks
    .map(({ label, lines }) => {
      const heading = label === null ? '' : `<div style="font-size:12px;font-weight:600;color:#616e7c;">${escapeHtml(label)}</div>`;
      return `<div style="margin:0 0 14px;">${heading}${lines.map(lineToHtml).join('')}</div>`;
    })
    .join('');
}

function lineToHtml({ text, url = null, isStrong = false }: MailLine): string {
  const shown = isStrong ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text);
  const content = url === null ? shown : `<a href="${escapeHtml(url)}" style="color:#1f5fbf;word-break:break-all;">${shown}</a>`;
  return `<div>${content === '' ? '&nbsp;' : content}</div>`;
}

export function blocksToText(blocks: readonly MailBlock[]): string {
  return blocks
    .map(({ label, lines }) => {
      const indent = label === null ? '' : '  ';
      return [...(label === null ? [] : [`${label}:`]), ...lines.map((line) => `${indent}${lineToText(line)}`.trimEnd())].join('\n');
    })
    .join('\n\n');
}

function lineToText({ text, url = null }: MailLine): string {
  return url === null || url === text ? text : `${text}: ${url}`;
}
