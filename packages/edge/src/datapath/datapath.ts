import type { Socket } from 'node:net';
import type {
  AddressFamily,
  FiveTuple,
  Millis,
  RelayPortChoice,
  RelayResult,
  TransportAddress,
} from '@pinhole/protocol';
import type { DatapathCounters } from './counters.ts';

/**
 * The seam between deciding and moving. The turn-server core decides; a datapath moves packets by the rules that it
 * was given, and reports only what no rule matched. Backends are interchangeable: one conformance suite
 * (`@pinhole/testkit`) runs on each.
 *
 * Coarse and batched on purpose: ChannelData of a bound channel, in either direction, never crosses this interface.
 */
export interface Datapath {
  readonly backend: 'portable' | 'native';

  /** Serves one configured address. Rejects with an EdgeError where the address cannot be bound. */
  listen(options: ListenOptions): Promise<ListeningAddress>;

  /**
   * Replaces the certificate of all mux listeners; open connections keep theirs. Throws an EdgeError, and changes
   * nothing, where certificate and key are not PEM or do not belong together.
   */
  setTls(tls: TlsIdentity): void;

  /** Bounds bandwidth, connections and waiting, also of what is open (but ends no connection); what was set before and is not named has no bound. */
  setLimits(limits: DatapathLimits): void;

  /** Opens a relayed transport address for one client. Never rejects: exhaustion is an answer (508), not a fault. */
  openRelay(request: RelayRequest): Promise<RelayResult>;

  /** Opens a connection from a TCP relay to a peer. Never rejects: `false` where it failed, was closed or the relay has gone. */
  connectPeer(relay: RelayId, peer: TransportAddress): Promise<boolean>;

  /**
   * Makes one of a client's stream and a peer's connection, after what was sent to the client so far and with what came
   * behind the client's last message. They end together; where the peer's has ended already, the stream ends.
   */
  joinPeer(relay: RelayId, peer: TransportAddress, fiveTuple: FiveTuple): void;

  /** Changes rules, in order. A change for a relay that is not open is ignored: it was closed on the way. */
  apply(changes: readonly RuleChange[]): void;

  /** Sends messages to clients and datagrams to peers. The bytes may be reused once this returns. */
  send(batch: readonly Outgoing[]): void;

  /** What has been moved and dropped so far, by reason. */
  counters(): DatapathCounters;

  /** Stops listening, closes every relay and client stream. */
  close(): Promise<void>;
}

/** Names one relay: the number of the allocation that owns it. */
export type RelayId = number;

/**
 * Bytes of application data per second, each way. What is beyond is dropped and counted, and nothing ends for it. After
 * a quiet time a second's worth may come at once, and in any case the largest datagram.
 */
export interface BandwidthLimits {
  readonly bytesPerSecondPerAllocation?: number;
  /** Of all allocations of one app together. */
  readonly bytesPerSecondPerApp?: number;
}

/** How many streams there may be at a time; what is beyond is closed and counted. Absent: no limit of ours. */
export interface ConnectionLimits {
  /** All streams, TURN, HTTP and those that have not said yet. */
  readonly connections?: number;
  /** Of one IPv4 address, or of one IPv6 /64: what one subscriber gets, who could use any address in it. */
  readonly connectionsPerIp?: number;
}

export interface DatapathLimits extends BandwidthLimits, ConnectionLimits {
  /** How long application data may wait for a client that reads its stream slowly; what is older is dropped. */
  readonly streamEgressMillis?: Millis;
}

/** A certificate chain and its private key, as PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export type ListenTransport = 'udp' | 'tcp' | 'mux';

export interface ListenOptions {
  readonly transport: ListenTransport;
  readonly address: { readonly ip: string; readonly port: number };
  /**
   * Addresses and CIDR ranges of proxies that say with the PROXY protocol who their client is. Streams only: what
   * connects from there must begin with a header, what connects from elsewhere must not.
   */
  readonly proxyProtocolFrom?: readonly string[];
}

export interface ListeningAddress {
  readonly transport: ListenTransport;
  /** With the port that the system chose where 0 was asked for. */
  readonly address: TransportAddress;
}

export interface RelayRequest {
  readonly relay: RelayId;
  /** Whose bandwidth it uses. */
  readonly appId: string;
  readonly family: AddressFamily;
  /** A second relayed address for the same allocation, of the other family. */
  readonly additionalFamily?: AddressFamily;
  readonly port: RelayPortChoice;
  /** Takes the port that this relay reserved by `evenAndNext`, and no other. */
  readonly reservedBy?: RelayId;
  /** Relays connections instead of datagrams (RFC 6062); of one family, and without reservation. */
  readonly relayTransport?: 'tcp';
  /** Where the relay's client is: what peers send goes there. */
  readonly fiveTuple: FiveTuple;
}

/**
 * Deadlines are on the monotonic clock, and the datapath enforces them itself: past it a rule does not match. Nobody
 * needs to remove a rule because its time is over.
 *
 * A channel alone lets the client send to the peer; for the other direction the peer needs a permission as well
 * (RFC 8656 §9), which ChannelBind installs with the channel but which ends sooner.
 */
export type RuleChange =
  | {
      readonly change: 'installPermission';
      readonly relay: RelayId;
      /** A permission covers every port of the address (RFC 8656 §9). */
      readonly peerIp: string;
      readonly deadline: Millis;
    }
  | { readonly change: 'removePermission'; readonly relay: RelayId; readonly peerIp: string }
  | {
      readonly change: 'installChannel';
      readonly relay: RelayId;
      readonly channelNumber: number;
      readonly peer: TransportAddress;
      readonly deadline: Millis;
    }
  | { readonly change: 'removeChannel'; readonly relay: RelayId; readonly channelNumber: number }
  | {
      /** The relay's client is at another five-tuple from now on; its rules come along. */
      readonly change: 'moveClient';
      readonly relay: RelayId;
      readonly fiveTuple: FiveTuple;
    }
  | {
      readonly change: 'closeRelay';
      readonly relay: RelayId;
      /** Only the relayed address of this family; without it all, and the port that is still reserved. */
      readonly family?: AddressFamily;
    }
  /** Closes a peer's connection with a TCP relay, and the client's stream that is joined with it. */
  | { readonly change: 'closePeer'; readonly relay: RelayId; readonly peer: TransportAddress }
  /** Gives up the port that the relay reserved, where nobody took it. */
  | { readonly change: 'releaseReservation'; readonly relay: RelayId };

export type Outgoing =
  | { readonly to: 'client'; readonly fiveTuple: FiveTuple; readonly bytes: Uint8Array }
  | { readonly to: 'peer'; readonly relay: RelayId; readonly peer: TransportAddress; readonly bytes: Uint8Array };

/** What looks like a STUN message, from a client. The bytes are valid until the sink returns. */
export interface ClientMessage {
  readonly fiveTuple: FiveTuple;
  readonly bytes: Uint8Array;
}

/** What a permitted peer sent that no channel carries. The bytes are valid until the sink returns. */
export interface PeerDatagram {
  readonly relay: RelayId;
  readonly peer: TransportAddress;
  readonly bytes: Uint8Array;
}

/** Between a relay and an address of a peer there is one connection at most, which these two name. */
export interface PeerConnected {
  readonly relay: RelayId;
  readonly peer: TransportAddress;
}

/** A connection on a mux port that speaks HTTP; everything read so far has been put back onto the socket. */
export interface HttpConnection {
  readonly socket: Socket;
  readonly secure: boolean;
  /** The client itself and the address that it connected to; behind a proxy the socket knows neither. */
  readonly clientAddress: TransportAddress;
  readonly serverAddress: TransportAddress;
}

/** What a datapath reports upward. */
export interface DatapathSink {
  clientMessages(batch: readonly ClientMessage[]): void;
  peerDatagrams(batch: readonly PeerDatagram[]): void;
  /** A permitted peer has connected to a TCP relay; nothing of it is read until it is joined. */
  peerConnected(connection: PeerConnected): void;
  /** A client's stream has ended: its allocation ends with it (RFC 8656 §3.1). */
  clientGone(fiveTuple: FiveTuple): void;
  httpConnection(connection: HttpConnection): void;
  /** A listening socket failed while in use; one line for the log. */
  fault(fault: { readonly where: string; readonly error: Error }): void;
}
