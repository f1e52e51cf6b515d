import { BlockList, isIPv6, type Socket } from 'node:net';
import { type ProxyHeader, parseProxyHeader } from './proxy-header.ts';

/** Tells proxies by the address that they connect from: addresses and CIDR ranges, as the configuration writes them. */
export function proxyFinder(ranges: readonly string[]): (ip: string) => boolean {
  const proxies = new BlockList();
  for (const range of ranges) {
    const [ip = '', prefixLength] = range.split('/');
    const family = familyOf(ip);
    if (prefixLength === undefined) proxies.addAddress(ip, family);
    else proxies.addSubnet(ip, Number(prefixLength), family);
  }
  return (ip) => proxies.check(ip, familyOf(ip));
}

/**
 * Reads the header that a proxy writes first, and puts what follows back: the stream begins with the client's own
 * first byte then. Says nothing where the stream ends before.
 */
export function readProxyHeader(socket: Socket, then: (header: ProxyHeader) => void): void {
  let head: Buffer = Buffer.alloc(0);
  const onReadable = (): void => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    const header = parseProxyHeader(head);
    if (header.outcome === 'incomplete') return;
    stopWaiting();
    if ('byteLength' in header && header.byteLength < head.length) socket.unshift(head.subarray(header.byteLength));
    then(header);
  };
  const onEnd = (): void => {
    stopWaiting();
    socket.destroy();
  };
  const stopWaiting = (): void => {
    socket.off('readable', onReadable);
    socket.off('end', onEnd);
  };
  socket.on('readable', onReadable);
  socket.on('end', onEnd);
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIPv6(ip) ? 'ipv6' : 'ipv4';
}
