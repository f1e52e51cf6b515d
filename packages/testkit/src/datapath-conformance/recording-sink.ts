import type { ClientMessage, DatapathSink, HttpConnection, PeerConnected, PeerDatagram } from '@pinhole/edge';
import type { FiveTuple } from '@pinhole/protocol';
import { Arrivals } from './until.ts';

/** A sink that keeps what is reported to it. Bytes are copied: they are only lent. */
export class RecordingSink implements DatapathSink {
  readonly messages: Arrivals<ClientMessage> = new Arrivals('a client message was reported');
  readonly datagrams: Arrivals<PeerDatagram> = new Arrivals('a peer datagram was reported');
  readonly connected: Arrivals<PeerConnected> = new Arrivals('a peer was reported as connected');
  readonly gone: Arrivals<FiveTuple> = new Arrivals('a client was reported as gone');
  readonly http: Arrivals<HttpConnection> = new Arrivals('an HTTP connection was handed over');
  readonly faults: { readonly where: string; readonly error: Error }[] = [];

  /** Answers from inside the report, as the core does. */
  onMessage: (message: ClientMessage) => void = () => {};

  clientMessages(batch: readonly ClientMessage[]): void {
    for (const { fiveTuple, bytes } of batch) this.messages.add({ fiveTuple, bytes: Uint8Array.from(bytes) });
    for (const message of batch) this.onMessage(message);
  }

  peerDatagrams(batch: readonly PeerDatagram[]): void {
    for (const datagram of batch) this.datagrams.add({ ...datagram, bytes: Uint8Array.from(datagram.bytes) });
  }

  peerConnected(connection: PeerConnected): void {
    this.connected.add(connection);
  }

  clientGone(fiveTuple: FiveTuple): void {
    this.gone.add(fiveTuple);
  }

  httpConnection(connection: HttpConnection): void {
    this.http.add(connection);
  }

  fault(fault: { readonly where: string; readonly error: Error }): void {
    this.faults.push(fault);
  }
}
