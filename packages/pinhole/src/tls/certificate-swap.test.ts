import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import type { Log } from '@pinhole/contract';
import { startEdge } from '@pinhole/edge';
import { loadConfig } from '../config/load-config.ts';
import { up } from '../up.ts';
import { type CertifiedKey, createAuthority } from './development-authority.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const DAY_MS = 86_400_000;
const REQUEST = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
const BINDING = Buffer.from('000100002112a442000000000000000000000001', 'hex');

it('a renewed certificate serves the next client, and whoever is connected stays connected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
  const [first, renewed] = [await createAuthority(new Date(Date.now() - DAY_MS)), await createAuthority(new Date())];
  put(folder, first);
  const config = join(folder, 'pinhole.yaml');
  writeFileSync(
    config,
    `externalIp: 127.0.0.1
dataDir: ${folder}
listen: [{ ip: 127.0.0.1, port: 0, transport: mux }]
relay: { ip: 127.0.0.1 }
metrics: { port: 0 }
tls: { cert: ${folder}/cert.pem, key: ${folder}/key.pem }
`,
  );
  const product = await up({ config: loadConfig({ env: {}, file: config }).config, log: quiet, startEdge });
  const port = Number(new URL(String(product.server)).port);
  const [web, turn] = [await open(port), await open(port)];
  assert.match(await answer(web, REQUEST), /^HTTP\/1\.1 200 /);
  assert.equal((await answer(turn, BINDING)).charCodeAt(0), 1);
  assert.match(await metrics(product.metrics), expiryLine(first));
  assert.equal(fingerprint(web), fingerprintOf(first));
  put(folder, renewed);
  let next = await open(port);
  for (let tries = 0; fingerprint(next) !== fingerprintOf(renewed) && tries < 1_000; tries += 1) {
    next.destroy();
    next = await open(port);
  }
  assert.equal(fingerprint(next), fingerprintOf(renewed));
  assert.match(await metrics(product.metrics), expiryLine(renewed));
  assert.match(await answer(web, REQUEST), /^HTTP\/1\.1 200 /);
  assert.equal((await answer(turn, BINDING)).charCodeAt(0), 1);
  for (const socket of [web, turn, next]) socket.destroy();
  await product.close();
  rmSync(folder, { recursive: true });
});

function put(folder: string, { cert, key }: CertifiedKey): void {
  for (const [name, text] of Object.entries({ cert, key })) {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, `${name}.pem`));
  }
}

async function open(port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return socket;
}

async function answer(socket: TLSSocket, question: string | Buffer): Promise<string> {
  socket.write(question);
  const [bytes] = await once(socket, 'data');
  return String(bytes.toString('latin1'));
}

async function metrics(url: string): Promise<string> {
  return (await fetch(url)).text();
}

function expiryLine(pair: CertifiedKey): RegExp {
  const seconds = Math.floor(new X509Certificate(pair.cert).validToDate.getTime() / 1000);
  return new RegExp(`^pinhole_cert_expiry_seconds ${seconds}$`, 'm');
}

function fingerprintOf({ cert }: CertifiedKey): string {
  return new X509Certificate(cert).fingerprint256;
}

function fingerprint(socket: TLSSocket): string {
  return socket.getPeerCertificate().fingerprint256;
}
