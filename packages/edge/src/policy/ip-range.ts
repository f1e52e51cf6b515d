import { parseIp } from '@pinhole/protocol';

/** A CIDR range, or a single address as a range of its whole length. */
export interface IpRange {
  /** As written in the configuration: what a refusal names. */
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly prefixLength: number;
}

/** Throws a TypeError on text that is no range: the configuration was checked before, so this is a mistake of ours. */
export function ipRange(text: string): IpRange {
  const [ip = '', prefix] = text.split('/');
  const bytes = parseIp(ip);
  const prefixLength = prefix === undefined ? (bytes?.length ?? 0) * 8 : Number(prefix);
  if (bytes === undefined || !Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bytes.length * 8) {
    throw new TypeError(`not an IP range: ${text}`);
  }
  return { text, bytes, prefixLength };
}

/** Whether the range holds the address; never for an address of the other family. */
export function rangeContains({ bytes, prefixLength }: IpRange, ip: Uint8Array): boolean {
  if (ip.length !== bytes.length) return false;
  const wholeBytes = prefixLength >> 3;
  for (let i = 0; i < wholeBytes; i++) if (ip[i] !== bytes[i]) return false;
  const restBits = prefixLength & 7;
  if (restBits === 0) return true;
  const mask = (0xff00 >> restBits) & 0xff;
  return ((ip[wholeBytes] ?? 0) & mask) === ((bytes[wholeBytes] ?? 0) & mask);
}

export function findRange(ranges: readonly IpRange[], ip: Uint8Array): IpRange | undefined {
  return ranges.find((range) => rangeContains(range, ip));
}
