import type { Socket } from 'node:dgram';
import type { Traffic } from '../counters.ts';
import { countTraffic, type LiveCounters } from './live-counters.ts';

/** Called once for every datagram handed over, sent or not. */
export type OnSent = (error: Error | null, byteLength: number) => void;

/** How many datagrams may wait for a socket whose send buffer is full. More would be late, and cost memory. */
const MAX_QUEUED_DATAGRAMS = 1024;
const QUEUE_FULL: Error = new Error('The send queue of this socket is full.');

/** Sends, or says why not; nothing that the network or a peer address can do throws. */
export function sendDatagram(socket: Socket, bytes: Uint8Array, ip: string, port: number, onSent: OnSent): void {
  try {
    if (socket.getSendQueueCount() >= MAX_QUEUED_DATAGRAMS) onSent(QUEUE_FULL, 0);
    else socket.send(bytes, port, ip, onSent);
  } catch (error) {
    // A port of 0, or a socket that was closed on the way.
    onSent(error instanceof Error ? error : new Error(String(error)), 0);
  }
}

/**
 * Books datagrams as sent or dropped. One function serves all packets of a kind on a socket, so that none has to be
 * made per packet. `headerByteLength` is what of each datagram is no application data.
 */
export function countSent(counters: LiveCounters, traffic: Traffic, headerByteLength: number): OnSent {
  return (error, byteLength) => {
    if (!error) countTraffic(traffic, byteLength - headerByteLength);
    else counters.dropped[error === QUEUE_FULL ? 'egressFull' : 'sendFailed'] += 1;
  };
}

/** For answers, which are no relayed traffic: their loss is what the client's retransmission is for. */
export function ignoreSent(): void {}
