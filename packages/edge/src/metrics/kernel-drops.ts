import { readdir, readFile, readlink } from 'node:fs/promises';

const TABLES = ['net/udp', 'net/udp6'] as const;

/**
 * Datagrams that the kernel dropped at this process's UDP sockets, because nobody read them in time: a relay that counts
 * only what it has read says "no loss" while the receive buffers overflow.
 *
 * Linux tells it by socket in /proc/net/udp; elsewhere there is nothing to read. A socket that is closed takes along
 * what it dropped since the last look, so the sum is a lower bound.
 */
export class KernelDrops {
  readonly #proc: string;
  readonly #lastByInode = new Map<string, number>();
  #total: number | undefined;

  constructor(proc = '/proc') {
    this.#proc = proc;
  }

  /** Up to the last look; `undefined` where the system does not tell. */
  get total(): number | undefined {
    return this.#total;
  }

  async look(): Promise<void> {
    try {
      const [own, ...tables] = await Promise.all([this.#ownInodes(), ...TABLES.map((table) => this.#read(table))]);
      this.#add(tables.flatMap(udpDrops).filter(({ inode }) => own.has(inode)));
    } catch {
      // No /proc, or not for us: what was known stays.
    }
  }

  #add(sockets: readonly SocketDrops[]): void {
    let total = this.#total ?? 0;
    for (const { inode, drops } of sockets) {
      const last = this.#lastByInode.get(inode) ?? 0;
      // A number that went down is another socket's, which has got the inode of a closed one.
      total += drops >= last ? drops - last : drops;
    }
    this.#lastByInode.clear();
    for (const { inode, drops } of sockets) this.#lastByInode.set(inode, drops);
    this.#total = total;
  }

  async #ownInodes(): Promise<ReadonlySet<string>> {
    const folder = `${this.#proc}/self/fd`;
    // A descriptor may be closed between the list and the look.
    const links = (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => ''));
    const inodes = (await Promise.all(links)).map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]);
    return new Set(inodes.filter((inode) => inode !== undefined));
  }

  /** Without IPv6 there is no udp6. */
  #read(table: (typeof TABLES)[number]): Promise<string> {
    const text = readFile(`${this.#proc}/${table}`, 'utf8');
    return table === 'net/udp6' ? text.catch(() => '') : text;
  }
}

export interface SocketDrops {
  readonly inode: string;
  readonly drops: number;
}

const INODE_COLUMN = 9;
const DROPS_COLUMN = 12;

/** The rows of /proc/net/udp: `sl local rem st queues timer retransmits uid timeout inode ref pointer drops`. */
export function udpDrops(table: string): readonly SocketDrops[] {
  const rows = table.split('\n').slice(1);
  return rows.flatMap((row) => {
    const columns = row.trim().split(/\s+/);
    const inode = columns[INODE_COLUMN];
    const drops = Number(columns[DROPS_COLUMN]);
    return inode === undefined || !Number.isInteger(drops) ? [] : [{ inode, drops }];
  });
}
