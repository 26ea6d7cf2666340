import { describe, expect, it } from 'vitest';
import { redactLine } from './redact.ts';

describe('a log line', () => {
  it.each([
    ['{"authorization":"Bearer sk_live_abcdefghijklmnop"}', ['abcdefghijklmnop']],
    ['{"msg":"used sk_test_AAAABBBBCCCC-_1 today"}', ['AAAABBBBCCCC']],
    ['{"headers":{"cookie":"daymark_session=abc123xyz"}}', ['abc123xyz']],
    ['{"url":"/auth/google/callback?code=4%2F0AbCdEf&state=Zk3uQ9sVfA"}', ['0AbCdEf', 'Zk3uQ9sVfA']],
    ['{"body":"grant_type=refresh_token&refresh_token=1%2F%2F0canary&client_secret=GOCSPX-canary"}', ['0canary', 'GOCSPX']],
    ['{"access_token":"ya29.canary","refreshToken":"1//canary","client_secret":"GOCSPX-canary"}', ['canary']],
    ['{"code":"4/0AbCdEfGh","state":"Zk3uQ9sVfA"}', ['0AbCdEfGh', 'Zk3uQ9sVfA']],
    ['{"msg":"postgres://owner:hunter22@db:5432/x"}', ['hunter22']],
    ['{"msg":"header was Basic dXNlcjpwYXNzd29yZA=="}', ['dXNlcjpwYXNzd29yZA']],
    ['{"password":"with \\"quotes\\" inside"}', ['quotes']],
  ])('F24 shows nothing secret of %s', (line, secrets) => {
    const clean = redactLine(line, []);
    for (const secret of secrets) expect(clean).not.toContain(secret);
    expect(() => JSON.parse(clean)).not.toThrow();
  });

  it('F24 hides each secret that the process knows, wherever it stands', () => {
    expect(redactLine('{"msg":"the vendor echoed GOCSPX-real"}', ['GOCSPX-real'])).toBe('{"msg":"the vendor echoed ***"}');
  });

  it.each([
    '{"code":"not-found"}',
    '{"code":"23505"}',
    '{"code":"ECONNREFUSED"}',
    '{"state":"active"}',
    '{"msg":"state of the run: done"}',
  ])('keeps %s, which says what went wrong', (line) => {
    expect(redactLine(line, [])).toBe(line);
  });
});
