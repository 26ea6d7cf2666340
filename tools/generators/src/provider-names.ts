/** What a provider is called, in each spelling that its files need. */
export interface ProviderNames {
  /** Stored with connections and part of addresses: `my-cal`. */
  readonly id: string;
  /** For people: `My Cal`. */
  readonly name: string;
  /** `myCal` */
  readonly camel: string;
  /** `MyCal` */
  readonly pascal: string;
  /** `MY_CAL` */
  readonly env: string;
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** The name gets into strings, comments and tables. */
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} .&+()-]{0,59}$/u;
/** As long as the API takes it. */
const LONGEST_ID = 40;

/** @throws Error in words for who typed it, when the id is not kebab-case or the name not plain. */
export function providerNames(id: string, name = titleOf(id)): ProviderNames {
  if (!KEBAB.test(id) || id.length > LONGEST_ID)
    throw new Error(`'${id}' is no id: write it in kebab-case, such as zimbra or my-cal, with at most ${LONGEST_ID} characters`);
  if (!PLAIN.test(name)) throw new Error(`'${name}' is no name: letters, digits, spaces and . & + ( ) - will do`);
  const pascal = id.split('-').map(capitalized).join('');
  return { id, name, pascal, camel: pascal[0]!.toLowerCase() + pascal.slice(1), env: id.replaceAll('-', '_').toUpperCase() };
}

/** A text or a path of the template, in which the provider is called Acme, for another one. */
export function inWordsOf({ id, name, camel, pascal, env }: ProviderNames, text: string): string {
  const words = { 'Acme Calendar': name, ACME: env, Acme: pascal, acme: id };
  return text.replaceAll(/Acme Calendar|ACME|Acme|acme/g, (word, at: number) =>
    /^acme[A-Z]/.test(text.slice(at, at + 5)) ? camel : words[word as keyof typeof words],
  );
}

function titleOf(id: string): string {
  return id.split('-').map(capitalized).join(' ');
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
