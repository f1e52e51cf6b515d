import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsConfig } from '@pinhole/contract';
import { CommandError, systemError } from '../exit.ts';
import type { CertifiedKey } from './development-authority.ts';

/** Reads the operator's certificate and key. Throws a CommandError that says which file is wrong, and how. */
export function readCertificateFiles({ cert, key }: TlsConfig, now: Date): CertifiedKey {
  const pair = { cert: readFile('tls.cert', cert), key: readFile('tls.key', key) };
  const certificate = parse(() => new X509Certificate(pair.cert), `tls.cert: ${resolve(cert)} is no PEM certificate.`);
  const privateKey = parse(
    () => createPrivateKey(pair.key),
    `tls.key: ${resolve(key)} is no PEM private key without a passphrase.`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw CommandError.usage(`tls: the key in ${resolve(key)} is not the key of the certificate in ${resolve(cert)}.`);
  }
  if (certificate.validToDate < now) {
    throw CommandError.usage(`tls.cert: ${resolve(cert)} expired on ${certificate.validTo}. Renew it.`);
  }
  return pair;
}

function readFile(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw CommandError.usage(
      `${option}: cannot read ${resolve(path)} (${systemError(error)?.code ?? 'unknown reason'}).`,
    );
  }
}

function parse<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch {
    throw CommandError.usage(message);
  }
}
