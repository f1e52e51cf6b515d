import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Log, TlsConfig } from '@pinhole/contract';
import { readCertificateFiles } from './certificate-files.ts';
import type { CertifiedKey } from './development-authority.ts';

/** Certificate and key are two files, written one after the other. */
const SETTLE_MS = 250;
/** Network file systems tell nothing, and a link in between may be changed where nobody watches. */
const LOOK_AGAIN_MS = 60_000;

export interface CertificateWatchOptions {
  readonly files: TlsConfig;
  /** What was read at the start. */
  readonly current: CertifiedKey;
  /** Takes a new pair into use; throws where it cannot. */
  readonly use: (pair: CertifiedKey) => void;
  readonly log: Log;
  readonly now?: () => Date;
  /** How long the files must have been left alone before they are read, in milliseconds. */
  readonly settle?: number;
}

/**
 * Takes renewed certificate files into use while the product runs, without a signal: whatever renews them need not
 * know us. What cannot be used is said once, and the old certificate stays.
 */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  readonly #watchers: FSWatcher[];
  readonly #lookAgain: NodeJS.Timeout;
  #current: CertifiedKey;
  #complaint: string | undefined;
  #settling: NodeJS.Timeout | undefined;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
    this.#current = options.current;
    this.#watchers = foldersOf(options.files).flatMap((folder) => this.#watch(folder));
    this.#lookAgain = setInterval(() => this.check(), LOOK_AGAIN_MS).unref();
  }

  /** Reads the files, and uses what is new in them. */
  check(): void {
    const { files, use, log, now = () => new Date() } = this.#options;
    try {
      const pair = readCertificateFiles(files, now());
      if (pair.cert !== this.#current.cert || pair.key !== this.#current.key) {
        use(pair);
        this.#current = pair;
        log.info('tls.certificate_replaced', { cert: files.cert });
      }
      this.#complaint = undefined;
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    clearTimeout(this.#settling);
    clearInterval(this.#lookAgain);
    for (const watcher of this.#watchers) watcher.close();
  }

  /** Once for each reason: a file that stays wrong is looked at every minute. */
  #complain(reason: string): void {
    if (reason === this.#complaint) return;
    this.#complaint = reason;
    this.#options.log.error('tls.certificate_kept', { reason, hint: 'the old certificate stays in use' });
  }

  /** Folders, not files: who renews a file puts another one in its place, and a watch would stay with the old one. */
  #watch(folder: string): FSWatcher[] {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#settle());
      // A folder that went away; the files are still looked at.
      watcher.on('error', () => {});
      return [watcher];
    } catch {
      return [];
    }
  }

  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.check(), this.#options.settle ?? SETTLE_MS).unref();
  }
}

/** Where the files are named, and where links lead from there. */
function foldersOf({ cert, key }: TlsConfig): readonly string[] {
  const paths = [cert, key, ...[cert, key].flatMap(targetOf)];
  return [...new Set(paths.map((path) => dirname(path)))];
}

function targetOf(path: string): readonly string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
}
