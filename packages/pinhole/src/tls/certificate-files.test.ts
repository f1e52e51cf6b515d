import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CommandError } from '../exit.ts';
import { readCertificateFiles } from './certificate-files.ts';
import { createAuthority } from './development-authority.ts';

describe('the certificate files of the config', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
    for (const name of ['a', 'b']) {
      const { cert, key } = await createAuthority(now);
      writeFileSync(join(folder, `${name}.pem`), cert);
      writeFileSync(join(folder, `${name}-key.pem`), key);
    }
    writeFileSync(join(folder, 'text.pem'), 'no PEM');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const read = (cert: string, key: string, at = now) =>
    readCertificateFiles({ cert: join(folder, cert), key: join(folder, key) }, at);

  it('are read where they belong together', () => {
    assert.match(read('a.pem', 'a-key.pem').cert, /BEGIN CERTIFICATE/);
  });

  it('are refused with the file and the reason', () => {
    const cases: [string, string, RegExp][] = [
      ['none.pem', 'a-key.pem', /^tls\.cert: cannot read .*none\.pem \(ENOENT\)/],
      ['text.pem', 'a-key.pem', /^tls\.cert: .*text\.pem is no PEM certificate/],
      ['a.pem', 'text.pem', /^tls\.key: .*text\.pem is no PEM private key/],
      ['a.pem', 'b-key.pem', /^tls: the key in .*b-key\.pem is not the key of the certificate in .*a\.pem/],
    ];
    for (const [cert, key, message] of cases) {
      assert.throws(
        () => read(cert, key),
        (error) => error instanceof CommandError && message.test(error.message),
      );
    }
  });

  it('are refused after their end', () => {
    assert.throws(() => read('a.pem', 'a-key.pem', new Date('2040-01-01')), /expired on/);
  });
});
