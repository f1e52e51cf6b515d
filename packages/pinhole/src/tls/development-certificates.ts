import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { writeWhole } from '../config/private-file.ts';
import type { CertifiedKey } from './development-authority.ts';

/** The certificate is made anew when less than this is left of it. */
const RENEW_BEFORE_MS = 30 * 86_400_000;

export interface DevelopmentCertificate extends CertifiedKey {
  /** The authority's certificate, which browsers must trust. */
  readonly authorityPath: string;
  /** What was made at this start. */
  readonly made: 'nothing' | 'leaf' | 'authority';
}

export interface DevelopmentCertificateOptions {
  readonly dataDir: string;
  /** Names and IP addresses that clients use. */
  readonly names: readonly string[];
  readonly now: Date;
}

/**
 * A certificate for development, signed by an authority that stays in the data folder: who trusts it once need not
 * again when the certificate is renewed or the machine's address changes.
 */
export async function developmentCertificate(options: DevelopmentCertificateOptions): Promise<DevelopmentCertificate> {
  const { dataDir, now } = options;
  const names = [...new Set(options.names)];
  const authorityFiles = filesOf(dataDir, 'dev-ca');
  const leafFiles = filesOf(dataDir, 'dev-server');
  const authority = readPair(authorityFiles);
  const usable = authority !== undefined && lastsUntil(authority, now.getTime() + RENEW_BEFORE_MS);
  const leaf = readPair(leafFiles);
  if (usable && leaf !== undefined && isLeafFor(leaf, { authority, names, now })) {
    return { ...leaf, authorityPath: authorityFiles.cert, made: 'nothing' };
  }
  // Loaded here and not above: making certificates needs a large library, and most starts make none.
  const { createAuthority, createLeaf } = await import('./development-authority.ts');
  const signer = usable ? authority : await createAuthority(now);
  if (!usable) writePair(authorityFiles, signer);
  const fresh = await createLeaf(signer, names, now);
  writePair(leafFiles, fresh);
  return { ...fresh, authorityPath: authorityFiles.cert, made: usable ? 'leaf' : 'authority' };
}

interface PairFiles {
  readonly cert: string;
  readonly key: string;
}

function filesOf(dataDir: string, name: string): PairFiles {
  return { cert: resolve(join(dataDir, `${name}.pem`)), key: resolve(join(dataDir, `${name}-key.pem`)) };
}

/** `undefined` where a file is missing or damaged, or the two do not belong together: then a new pair is made. */
function readPair(files: PairFiles): CertifiedKey | undefined {
  if (!existsSync(files.cert) || !existsSync(files.key)) return undefined;
  const pair = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
  try {
    return new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key)) ? pair : undefined;
  } catch {
    return undefined;
  }
}

function writePair(files: PairFiles, { cert, key }: CertifiedKey): void {
  writeWhole(files.key, key, { isPublic: false });
  writeWhole(files.cert, cert, { isPublic: true });
}

interface LeafDemands {
  readonly authority: CertifiedKey;
  readonly names: readonly string[];
  readonly now: Date;
}

function isLeafFor(leaf: CertifiedKey, { authority, names, now }: LeafDemands): boolean {
  const certificate = new X509Certificate(leaf.cert);
  const covers = (name: string): boolean =>
    (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
  return (
    names.every(covers) &&
    lastsUntil(leaf, now.getTime() + RENEW_BEFORE_MS) &&
    certificate.verify(new X509Certificate(authority.cert).publicKey)
  );
}

function lastsUntil({ cert }: CertifiedKey, time: number): boolean {
  return new X509Certificate(cert).validToDate.getTime() > time;
}
