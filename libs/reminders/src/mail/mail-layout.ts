/** The values of a layout: HTML or attribute text that is already escaped. */
export interface LayoutValues {
  readonly language: string;
  readonly subject: string;
  readonly preview: string;
  readonly color: string;
  /** Readable on {@link color}. */
  readonly colorText: string;
  readonly sender: string;
  readonly heading: string;
  readonly body: string;
  readonly details: string;
  readonly footer: string;
  /** Null: no logo, the sender's name instead. */
  readonly logoUrl: string | null;
  /** Null: no button. */
  readonly button: { readonly url: string; readonly label: string } | null;
}

const compiled = new Map<string, Promise<string>>();

/** Fills the HTML of a mail. There are four layouts (with or without logo and button), each compiled by MJML once. */
export async function layOut(values: LayoutValues): Promise<string> {
  const html = await compiledLayout({ hasLogo: values.logoUrl !== null, hasButton: values.button !== null });
  const texts: Readonly<Record<string, string>> = {
    language: values.language,
    subject: values.subject,
    preview: values.preview,
    color: values.color,
    colortext: values.colorText,
    sender: values.sender,
    heading: values.heading,
    body: values.body,
    details: values.details,
    footer: values.footer,
    logourl: values.logoUrl ?? '',
    buttonurl: values.button?.url ?? '',
    buttonlabel: values.button?.label ?? '',
  };
  // One pass: a value that looks like a placeholder stays what it is.
  return html.replace(/@@([a-z]+)@@/g, (_whole, name: string) => texts[name] ?? '');
}

interface LayoutShape {
  readonly hasLogo: boolean;
  readonly hasButton: boolean;
}

function compiledLayout(shape: LayoutShape): Promise<string> {
  const key = `${shape.hasLogo} ${shape.hasButton}`;
  let html = compiled.get(key);
  if (html === undefined) {
    html = compile(shape);
    compiled.set(key, html);
  }
  return html;
}

async function compile(shape: LayoutShape): Promise<string> {
  // Loaded with the first mail: a process that sends none does not carry it.
  const { default: mjml2html } = await import('mjml');
  // No web fonts, no includes: neither we nor the reader's mail program fetch anything but the logo.
  const { html } = await mjml2html(template(shape), { fonts: {}, ignoreIncludes: true, keepComments: false, validationLevel: 'skip' });
  return html;
}

const font = '-apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif';

function template({ hasLogo, hasButton }: LayoutShape): string {
  const head = hasLogo
    ? '<mj-image src="@@logourl@@" alt="@@sender@@" width="140px" align="left" padding="24px 32px 8px" />'
    : '<mj-text font-size="16px" font-weight="600" padding="24px 32px 8px">@@sender@@</mj-text>';
  const button = hasButton
    ? '<mj-button href="@@buttonurl@@" background-color="@@color@@" color="@@colortext@@" font-size="16px" font-weight="600" inner-padding="14px 28px" border-radius="6px" align="left" padding="8px 32px 16px">@@buttonlabel@@</mj-button>'
    : '';
  return `<mjml lang="@@language@@">
  <mj-head>
    <mj-title>@@subject@@</mj-title>
    <mj-preview>@@preview@@</mj-preview>
    <mj-attributes>
      <mj-all font-family="${font}" />
      <mj-text font-size="15px" line-height="1.5" color="#1f2933" padding="4px 32px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f4f5f7" width="600px">
    <mj-section padding="24px 0 0"><mj-column background-color="@@color@@"><mj-spacer height="4px" /></mj-column></mj-section>
    <mj-section background-color="#ffffff" padding="0 0 24px">
      <mj-column>
        ${head}
        <mj-text font-size="22px" font-weight="600" line-height="1.3" padding="8px 32px">@@heading@@</mj-text>
        <mj-text>@@body@@</mj-text>
        ${button}
        <mj-text>@@details@@</mj-text>
      </mj-column>
    </mj-section>
    <mj-section padding="16px 0 24px"><mj-column><mj-text font-size="12px" color="#616e7c">@@footer@@</mj-text></mj-column></mj-section>
  </mj-body>
</mjml>`;
}
