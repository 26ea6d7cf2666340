const NEEDED = { major: 22, minor: 18 };

/** Ends the process with a sentence instead of a syntax error deep inside a library. */
export function requireRuntime(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor)) return;
  process.stderr.write(
    `Daymark needs Node ${NEEDED.major}.${NEEDED.minor} or newer, this is ${version}.\nStart it with \`npm start\`, which brings its own, or install a newer Node.\n`,
  );
  process.exit(78);
}
