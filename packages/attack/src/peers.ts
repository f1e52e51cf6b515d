import { formatAddress, type TransportAddress } from '@pinhole/protocol';
import { UsageError } from './command-line.ts';
import { PeerSocket } from './udp-link.ts';

/** Opens the suite's own peers for the time of the action. */
export async function withPeers<T>(
  addresses: readonly TransportAddress[],
  action: (peers: readonly PeerSocket[]) => Promise<T>,
): Promise<T> {
  const peers: PeerSocket[] = [];
  try {
    for (const address of addresses) peers.push(await openPeer(address));
    return await action(peers);
  } finally {
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  }
}

async function openPeer(address: TransportAddress): Promise<PeerSocket> {
  try {
    return await PeerSocket.open(address);
  } catch (cause) {
    throw new UsageError(`--peer ${formatAddress(address)} is no free address of this machine`, { cause });
  }
}
