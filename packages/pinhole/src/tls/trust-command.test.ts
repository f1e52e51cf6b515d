import assert from 'node:assert/strict';
import { it } from 'node:test';
import { trustCommand } from './trust-command.ts';

it('is the command of the platform, with the path in quotes where it needs them', () => {
  assert.equal(
    trustCommand('/data/dev-ca.pem', 'linux'),
    'certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n pinhole -i /data/dev-ca.pem',
  );
  assert.equal(
    trustCommand('C:\\my data\\dev-ca.pem', 'win32'),
    'certutil -user -addstore Root "C:\\my data\\dev-ca.pem"',
  );
  assert.match(trustCommand('/data/dev-ca.pem', 'darwin'), /^security add-trusted-cert .* \/data\/dev-ca\.pem$/);
});
