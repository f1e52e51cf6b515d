import { X509Certificate } from 'node:crypto';
import type { Datapath, TlsIdentity } from './datapath/datapath.ts';

/** The certificate that new connections are served with, for those who must know when it ends. */
export class CertificateInUse {
  readonly #datapath: Datapath;
  #expiresAt: number;

  /** `tls` is what the datapath was made with. */
  constructor(datapath: Datapath, tls: TlsIdentity) {
    this.#datapath = datapath;
    this.#expiresAt = expiryOf(tls);
  }

  /** Unix time, in seconds. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** Throws an EdgeError, and changes nothing, where the new one cannot be used. */
  replace(tls: TlsIdentity): void {
    this.#datapath.setTls(tls);
    this.#expiresAt = expiryOf(tls);
  }
}

/** Of the first certificate of the chain, which is ours; others change with it. */
function expiryOf({ cert }: TlsIdentity): number {
  return Math.floor(new X509Certificate(cert).validToDate.getTime() / 1000);
}
