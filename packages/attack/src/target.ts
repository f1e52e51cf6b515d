import type { TransportAddress } from '@pinhole/protocol';
import type { CredentialSource } from './credential-source.ts';
import type { Link } from './link.ts';
import { StreamLink } from './stream-link.ts';
import { type PeerSocket, UdpLink } from './udp-link.ts';

/** The server under attack, and what the suite was given to attack it with. */
export interface Target {
  readonly udp: TransportAddress;
  /** `undefined` where the server does not listen there. */
  readonly tcp: TransportAddress | undefined;
  readonly tls: TransportAddress | undefined;
  readonly credentials: CredentialSource;
  /** Peers on this machine that the server lets clients reach; empty where none was given. */
  readonly peers: readonly PeerSocket[];
  /** An address that the operator denied inside a range that is otherwise allowed. */
  readonly deniedPeer: TransportAddress | undefined;
}

/** One link of every kind that the server speaks. Who opens them closes them. */
export async function openLinks({ udp, tcp, tls }: Target): Promise<Link[]> {
  return [
    await UdpLink.open(udp),
    ...(tcp === undefined ? [] : [await StreamLink.tcp(tcp)]),
    ...(tls === undefined ? [] : [await StreamLink.tls(tls)]),
  ];
}

/** Runs the questions on a link of every kind, one after the other. */
export async function onEveryTransport<T>(target: Target, question: (link: Link) => Promise<T[]>): Promise<T[]> {
  const results: T[] = [];
  const links = await openLinks(target);
  try {
    for (const link of links) results.push(...(await question(link)));
    return results;
  } finally {
    for (const link of links) await link[Symbol.asyncDispose]();
  }
}
