const NAMED =
  /("(?:authorization|cookie|set-cookie|x-csrf-token|access_?token|refresh_?token|id_?token|client_?secret|password|secret|code_verifier|code|state|token)"\s*:\s*")((?:[^"\\]|\\.)*)(")/gi;
const IN_ADDRESS = /\b((?:code|state|token|access_token|refresh_token|client_secret|code_verifier|password|api_key)=)[^&\s"\\]+/gi;
const BEARER = /\b(Bearer|Basic)(\s+)[\w.~+/=-]{8,}/gi;
const API_KEY = /\bsk_(test|live)_[\w-]+/g;
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]+:)[^\s@"]+@/gi;

/** Codes of ours and of systems are words or SQLSTATEs; a secret code is neither. */
const HARMLESS = /^(?:[a-z]+(?:[-_][a-z]+)*|[A-Z0-9]{5}|E[A-Z]+|)$/;

/** Takes out of a log line whatever looks like a secret, and each of the known ones wherever it stands. */
export function redactLine(line: string, secrets: readonly string[]): string {
  let clean = line
    .replace(NAMED, (all, head: string, value: string, tail: string) => (HARMLESS.test(value) ? all : `${head}***${tail}`))
    .replace(IN_ADDRESS, '$1***')
    .replace(BEARER, '$1$2***')
    .replace(API_KEY, 'sk_$1_***')
    .replace(URL_PASSWORD, '$1***@');
  for (const secret of secrets) clean = clean.replaceAll(secret, '***');
  return clean;
}
