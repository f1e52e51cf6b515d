// A certificate authority that exists for one test, and a server certificate from it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface TestCertificates {
  /** PEM of the authority, for the trust store of a client. */
  readonly ca: string;
  /** PEM of the server certificate, followed by its authority. */
  readonly cert: string;
  /** PEM of the server's key (PKCS #8). */
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;

/** Issues a certificate for IP addresses and DNS names (clients match them only against subjectAltName), valid for a day. */
export async function issueTestCertificates(names: readonly string[]): Promise<TestCertificates> {
  const caKeys = await generateKeys();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: 'CN=Pinhole test CA',
    keys: caKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const keys = await generateKeys();
  const leaf = await issueLeaf(ca, caKeys.privateKey, keys.publicKey, names);
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;
  return { ca: pem(ca), cert: pem(leaf) + pem(ca), key: `${PemConverter.encode(key, 'PRIVATE KEY')}\n` };
}

function issueLeaf(
  ca: X509Certificate,
  signingKey: webcrypto.CryptoKey,
  publicKey: webcrypto.CryptoKey,
  names: readonly string[],
): Promise<X509Certificate> {
  return X509CertificateGenerator.create({
    ...validity(),
    subject: `CN=${names[0]}`,
    issuer: ca.subject,
    publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name })),
      ),
    ],
  });
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

/** From an hour ago, because clocks of two machines (or a test that moves its own) disagree a little. */
function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - HOUR_MS), notAfter: new Date(now + 24 * HOUR_MS) };
}
