// Headers that a proxy writes, for tests; like every *.test.* file it is not published.
import { formatAddress, parseIp, type TransportAddress, transportAddress } from '@pinhole/protocol';

export const PROXIED_CLIENT: TransportAddress = address('203.0.113.9', 50_001);
export const PROXIED_SERVER: TransportAddress = address('198.51.100.1', 443);

export function lineHeader(
  client: TransportAddress = PROXIED_CLIENT,
  server: TransportAddress = PROXIED_SERVER,
): Uint8Array {
  const line = `PROXY TCP${client.family} ${client.ip} ${server.ip} ${client.port} ${server.port}\r\n`;
  return Uint8Array.from(Buffer.from(line, 'latin1'));
}

export function binaryHeader(
  client: TransportAddress = PROXIED_CLIENT,
  server: TransportAddress = PROXIED_SERVER,
  extensions: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const [clientIp, serverIp] = [bytesOf(client), bytesOf(server)];
  const block = Buffer.alloc(clientIp.length + serverIp.length + 4 + extensions.length);
  block.set(clientIp);
  block.set(serverIp, clientIp.length);
  block.writeUInt16BE(client.port, 2 * clientIp.length);
  block.writeUInt16BE(server.port, 2 * clientIp.length + 2);
  block.set(extensions, 2 * clientIp.length + 4);
  const start = Buffer.from('0d0a0d0a000d0a515549540a21000000', 'hex');
  start[13] = client.family === 4 ? 0x11 : 0x21;
  start.writeUInt16BE(block.length, 14);
  return Uint8Array.from(Buffer.concat([start, block]));
}

function bytesOf(one: TransportAddress): Uint8Array {
  const bytes = parseIp(one.ip);
  if (bytes === undefined) throw new Error(`No IP address: ${formatAddress(one)}`);
  return bytes;
}

function address(ip: string, port: number): TransportAddress {
  const made = transportAddress(ip, port);
  if (made === undefined) throw new Error(`No address: ${ip} ${port}`);
  return made;
}
