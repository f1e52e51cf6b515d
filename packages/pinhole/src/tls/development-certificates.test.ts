import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect, createServer } from 'node:tls';
import { type DevelopmentCertificate, developmentCertificate } from './development-certificates.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const DAY = 86_400_000;
const NAMES = ['rtc.example.com', '203.0.113.10', '2001:db8::1', 'localhost', '127.0.0.1'];

describe('the development certificate', () => {
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const certificate = (names: readonly string[] = NAMES, now = NOW): Promise<DevelopmentCertificate> =>
    developmentCertificate({ dataDir, names, now });

  it('is for every name and address, signed by an authority, for no longer than browsers take', async () => {
    const { cert, authorityPath, made } = await certificate();
    const leaf = new X509Certificate(cert);
    const authority = new X509Certificate(cert.slice(cert.lastIndexOf('-----BEGIN')));
    assert.equal(made, 'authority');
    assert.equal(authorityPath, join(dataDir, 'dev-ca.pem'));
    assert.ok(leaf.checkHost('rtc.example.com') && leaf.checkHost('localhost'));
    for (const ip of ['203.0.113.10', '2001:db8::1', '127.0.0.1']) assert.ok(leaf.checkIP(ip), ip);
    assert.equal(leaf.checkIP('203.0.113.11'), undefined);
    assert.ok(leaf.verify(authority.publicKey) && leaf.checkIssued(authority));
    assert.ok(authority.ca && !leaf.ca);
    assert.ok(leaf.validToDate.getTime() - leaf.validFromDate.getTime() <= 397 * DAY);
    assert.ok(leaf.validFromDate < NOW);
    assert.ok(authority.validToDate.getTime() > NOW.getTime() + 9 * 365 * DAY);
  });

  it('keeps keys from everybody else', async () => {
    await certificate();
    for (const name of ['dev-ca-key.pem', 'dev-server-key.pem']) {
      assert.equal(statSync(join(dataDir, name)).mode & 0o777, 0o600, name);
    }
  });

  it('is the same at the next start', async () => {
    const first = await certificate();
    const second = await certificate();
    assert.equal(second.made, 'nothing');
    assert.equal(second.cert, first.cert);
  });

  it('is renewed under the same authority when a name is new or its end is near', async () => {
    await certificate();
    const renamed = await certificate([...NAMES, '203.0.113.11']);
    assert.equal(renamed.made, 'leaf');
    assert.equal((await certificate(NAMES)).made, 'nothing');
    assert.equal((await certificate(NAMES, new Date(NOW.getTime() + 365 * DAY))).made, 'nothing');
    assert.equal((await certificate(NAMES, new Date(NOW.getTime() + 367 * DAY))).made, 'leaf');
  });

  it('is made anew, authority and all, where a file is damaged', async () => {
    const first = await certificate();
    writeFileSync(join(dataDir, 'dev-server.pem'), 'damaged');
    assert.equal((await certificate()).made, 'leaf');
    writeFileSync(join(dataDir, 'dev-ca-key.pem'), 'damaged');
    const fresh = await certificate();
    assert.equal(fresh.made, 'authority');
    assert.notEqual(fresh.cert, first.cert);
  });

  it('passes the checks of a TLS client that trusts the authority', async () => {
    const { cert, key } = await certificate(['127.0.0.1'], new Date());
    const authority = cert.slice(cert.lastIndexOf('-----BEGIN'));
    const server = createServer({ cert, key }, (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const authorized = await new Promise<boolean>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca: authority }, () => {
        resolve(socket.authorized);
        socket.destroy();
      });
      socket.on('error', reject);
    });
    await new Promise((resolve) => server.close(resolve));
    assert.ok(authorized);
  });
});
