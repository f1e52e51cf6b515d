import { readUint16, writeUint16 } from './bytes.ts';

/** The address family as a number: the RFCs write 0x01 and 0x02 on the wire, everybody else says 4 and 6. */
export type AddressFamily = 4 | 6;

/**
 * An IP address and a port (RFC 8656 §2 "transport address").
 *
 * `ip` is canonical text (dotted quad, or RFC 5952), so that equal addresses are equal strings. An IPv4-mapped IPv6
 * address stays IPv6 here: whether it means its IPv4 address is for the peer policy to judge.
 */
export interface TransportAddress {
  readonly family: AddressFamily;
  readonly ip: string;
  readonly port: number;
}

/** `203.0.113.5:3478`, `[2001:db8::1]:3478`. Equal addresses give equal text. */
export function formatAddress({ family, ip, port }: TransportAddress): string {
  return family === 6 ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** Reads what `formatAddress` writes. */
export function parseAddress(text: string): TransportAddress | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = transportAddress(bracketed ?? plain ?? '', Number(port));
  return address?.family === (bracketed === undefined ? 4 : 6) ? address : undefined;
}

/** The family of canonical text. */
export function familyOfIp(ip: string): AddressFamily {
  return ip.includes(':') ? 6 : 4;
}

export function addressesEqual(a: TransportAddress, b: TransportAddress): boolean {
  return a.port === b.port && a.ip === b.ip;
}

/** Builds the canonical form of what a socket reports; `undefined` where the text is no IP address or the port no port. */
export function transportAddress(ip: string, port: number): TransportAddress | undefined {
  if (!Number.isInteger(port) || port < 0 || port > 0xffff) return undefined;
  const bytes = parseIp(ip);
  if (bytes === undefined) return undefined;
  return { family: bytes.length === 4 ? 4 : 6, ip: formatIp(bytes), port };
}

/** The 4 or 16 bytes of an IP address; `undefined` where the text is none. A zone (`%eth0`) is refused. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Canonical text of 4 or 16 bytes. */
export function formatIp(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : formatIpv6(bytes);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    // No leading zeros: some parsers read them as octal, and one text must mean one address.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[i] = Number(part);
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const bytes = new Uint8Array(16);
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  for (const [i, group] of groups.entries()) writeUint16(bytes, i * 2, group);
  return bytes;
}

/** The 16-bit groups of one side of `::`; dotted quads are read where an address can end. */
function parseGroups(text: string, canEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const quad = canEndInIpv4 && i === parts.length - 1 ? parseIpv4(part) : undefined;
      if (quad === undefined) return undefined;
      groups.push(readUint16(quad, 0), readUint16(quad, 2));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

/** RFC 5952 §4: lower case, no leading zeros, the longest run of two or more zero groups as `::`, the first where equal. */
function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => readUint16(bytes, i * 2));
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return `::ffff:${bytes.subarray(12).join('.')}`;
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return groups.map(hex).join(':');
  return `${groups.slice(0, start).map(hex).join(':')}::${groups
    .slice(start + length)
    .map(hex)
    .join(':')}`;
}

function hex(group: number): string {
  return group.toString(16);
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [i, group] of groups.entries()) {
    if (group !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}
