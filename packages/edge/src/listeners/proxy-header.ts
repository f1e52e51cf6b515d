import { formatIp, type TransportAddress, transportAddress } from '@pinhole/protocol';

/** The longest line of version 1, its CR LF included (specification §2.1). */
export const MAX_LINE_LENGTH = 107;

/** Both ends of the connection that the proxy took for us. */
export interface ProxiedEnds {
  readonly clientAddress: TransportAddress;
  readonly serverAddress: TransportAddress;
}

/** What the first bytes of a connection from a proxy say; `byteLength` is how many of them are the header. */
export type ProxyHeader =
  | { readonly outcome: 'incomplete' }
  | { readonly outcome: 'proxied'; readonly byteLength: number; readonly ends: ProxiedEnds }
  /** The proxy speaks for itself: a health check. */
  | { readonly outcome: 'local'; readonly byteLength: number }
  | { readonly outcome: 'invalid' };

const INCOMPLETE: ProxyHeader = { outcome: 'incomplete' };
const INVALID: ProxyHeader = { outcome: 'invalid' };

/**
 * Reads a PROXY protocol header, version 1 or 2 (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt).
 *
 * Give all bytes since the beginning, and again with more where they are incomplete: however they are split, the
 * answer in the end is the same. Extensions (TLVs) are stepped over, we need none of them.
 *
 * A proxy that does not tell its client (`UNKNOWN`, `UNSPEC`, a Unix socket) is refused, which the specification
 * leaves to us: limits and five-tuples would take the proxy for the client.
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (bytes.length === 0) return INCOMPLETE;
  return bytes[0] === SIGNATURE[0] ? parseBinary(bytes) : parseLine(bytes);
}

const LINE_START: readonly number[] = Array.from('PROXY ', (letter) => letter.charCodeAt(0));
const ADDRESS = '([0-9A-Fa-f.:]+)';
const PORT = '(0|[1-9][0-9]{0,4})';
const LINE = new RegExp(`^PROXY TCP([46]) ${ADDRESS} ${ADDRESS} ${PORT} ${PORT}$`);

/** §2.1: `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443` and CR LF. */
function parseLine(bytes: Uint8Array): ProxyHeader {
  if (!beginsWith(bytes, LINE_START)) return INVALID;
  const text = String.fromCharCode(...bytes.subarray(0, MAX_LINE_LENGTH));
  const end = text.indexOf('\r\n');
  if (end < 0) return bytes.length < MAX_LINE_LENGTH ? INCOMPLETE : INVALID;
  const [, family, clientIp = '', serverIp = '', clientPort, serverPort] = LINE.exec(text.slice(0, end)) ?? [];
  const ends = proxiedEnds(
    transportAddress(clientIp, Number(clientPort)),
    transportAddress(serverIp, Number(serverPort)),
    Number(family),
  );
  return ends === undefined ? INVALID : { outcome: 'proxied', byteLength: end + 2, ends };
}

const SIGNATURE: readonly number[] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const FIXED_LENGTH = 16;
/** The high half is the version, the low half the command. */
const LOCAL = 0x20;
const PROXY = 0x21;
/** The high half is the address family, the low half the transport: only streams come to us. */
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;

/** §2.2: signature, version and command, family and transport, length, addresses, TLVs. */
function parseBinary(bytes: Uint8Array): ProxyHeader {
  if (!beginsWith(bytes, SIGNATURE)) return INVALID;
  if (bytes.length < FIXED_LENGTH) return INCOMPLETE;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const command = view.getUint8(12);
  const addressLength = command === PROXY ? addressLengthOf(view.getUint8(13)) : 0;
  if ((command !== LOCAL && command !== PROXY) || addressLength === undefined) return INVALID;
  const byteLength = FIXED_LENGTH + view.getUint16(14);
  if (byteLength < FIXED_LENGTH + endsLength(addressLength)) return INVALID;
  if (bytes.length < byteLength) return INCOMPLETE;
  if (command === LOCAL) return { outcome: 'local', byteLength };
  const ends = binaryEnds(bytes.subarray(FIXED_LENGTH, byteLength), addressLength);
  return ends === undefined ? INVALID : { outcome: 'proxied', byteLength, ends };
}

/** Two addresses and two ports; nothing where no address is read. */
function endsLength(addressLength: number): number {
  return addressLength === 0 ? 0 : 2 * addressLength + 4;
}

function addressLengthOf(familyAndTransport: number): 4 | 16 | undefined {
  if (familyAndTransport === TCP_OVER_IPV4) return 4;
  return familyAndTransport === TCP_OVER_IPV6 ? 16 : undefined;
}

function binaryEnds(block: Uint8Array, addressLength: number): ProxiedEnds | undefined {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const address = (index: number): TransportAddress | undefined => {
    const ip = formatIp(block.subarray(index * addressLength, (index + 1) * addressLength));
    return transportAddress(ip, view.getUint16(2 * addressLength + 2 * index));
  };
  return proxiedEnds(address(0), address(1), addressLength === 4 ? 4 : 6);
}

function proxiedEnds(
  client: TransportAddress | undefined,
  server: TransportAddress | undefined,
  family: number,
): ProxiedEnds | undefined {
  if (client?.family !== family || server?.family !== family) return undefined;
  return { clientAddress: withoutMapping(client), serverAddress: withoutMapping(server) };
}

/** A proxy on a dual-stack socket names its IPv4 clients by IPv4-mapped addresses; what they are is IPv4. */
function withoutMapping(address: TransportAddress): TransportAddress {
  const [, ip] = /^::ffff:([0-9.]+)$/.exec(address.ip) ?? [];
  return ip === undefined ? address : { family: 4, ip, port: address.port };
}

/** As far as there are bytes. */
function beginsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}
