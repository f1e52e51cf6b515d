import type { Log } from '@pinhole/contract';
import {
  type FiveTuple,
  formatAddress,
  type Instant,
  type Revocation,
  type RevocationOutcome,
  type TurnServer,
  type TurnServerAction,
} from '@pinhole/protocol';
import { BoundedLog } from './bounded-log.ts';
import type {
  ClientMessage,
  Datapath,
  DatapathSink,
  HttpConnection,
  Outgoing,
  PeerConnected,
  PeerDatagram,
  RuleChange,
} from './datapath/datapath.ts';
import { RelayStatistics } from './relay-statistics.ts';

export interface DriverOptions {
  readonly server: TurnServer;
  readonly clock: () => Instant;
  readonly log: Log;
  /** Where connections go that turn out to speak HTTP. */
  readonly onHttpConnection: (connection: HttpConnection) => void;
}

/**
 * Joins the turn-server core and a datapath: gives the core what the datapath reports, with the time, and performs
 * the actions that come out. It decides nothing.
 *
 * Rule changes go down before messages, so that a client which has its answer finds the channel installed.
 */
export class Driver implements DatapathSink {
  readonly statistics: RelayStatistics = new RelayStatistics();
  readonly #server: TurnServer;
  readonly #clock: () => Instant;
  readonly #log: Log;
  readonly #boundedLog: BoundedLog;
  readonly #onHttpConnection: (connection: HttpConnection) => void;
  #datapath: Datapath | undefined;
  #emptied: PromiseWithResolvers<void> | undefined;
  #timer: { readonly handle: NodeJS.Timeout; readonly deadline: number } | undefined;

  constructor({ server, clock, log, onHttpConnection }: DriverOptions) {
    this.#server = server;
    this.#clock = clock;
    this.#log = log;
    this.#boundedLog = new BoundedLog(log);
    this.#onHttpConnection = onHttpConnection;
  }

  /** Call once, before the datapath listens. */
  attach(datapath: Datapath): void {
    this.#datapath = datapath;
  }

  close(): void {
    clearTimeout(this.#timer?.handle);
    this.#datapath = undefined;
  }

  clientMessages(batch: readonly ClientMessage[]): void {
    const now = this.#clock();
    const work = new Work();
    for (const { fiveTuple, bytes } of batch) {
      this.#server.handleMessage(now, fiveTuple, bytes);
      this.#takeActions(work, now);
    }
    this.#perform(work);
  }

  peerDatagrams(batch: readonly PeerDatagram[]): void {
    const now = this.#clock();
    const work = new Work();
    for (const { relay, peer, bytes } of batch) {
      this.#server.handlePeerDatagram(now, relay, peer, bytes);
      this.#takeActions(work, now);
    }
    this.#perform(work);
  }

  peerConnected({ relay, peer }: PeerConnected): void {
    this.#input((server, now) => server.handlePeerConnected(now, relay, peer));
  }

  clientGone(fiveTuple: FiveTuple): void {
    this.#input((server) => server.handleClientGone(fiveTuple));
  }

  /** The rules or the credentials have changed: what they no longer allow ends now. */
  rejudge(): void {
    this.#input((server, now) => server.rejudge(now));
  }

  /** Resolves when there is no allocation. */
  emptied(): Promise<void> {
    this.#emptied ??= Promise.withResolvers();
    this.#tellIfEmpty();
    return this.#emptied.promise;
  }

  httpConnection(connection: HttpConnection): void {
    this.#onHttpConnection(connection);
  }

  /** Ends what is live of it before it returns. */
  revoke(revocation: Revocation): RevocationOutcome {
    return this.#input((server, now) => server.revoke(now, revocation));
  }

  fault({ where, error }: { readonly where: string; readonly error: Error }): void {
    this.#log.error('edge.listener_failed', { where, error: error.message });
  }

  #input<T>(handle: (server: TurnServer, now: Instant) => T): T {
    const now = this.#clock();
    const work = new Work();
    const result = handle(this.#server, now);
    this.#takeActions(work, now);
    this.#perform(work);
    return result;
  }

  #takeActions(work: Work, now: Instant): void {
    for (let action = this.#server.pollAction(); action !== undefined; action = this.#server.pollAction()) {
      if (!work.take(action)) this.#note(action, now);
    }
  }

  #perform({ changes, outgoing, opening, connecting, joining }: Work): void {
    const datapath = this.#datapath;
    if (datapath === undefined) return;
    if (changes.length > 0) datapath.apply(changes);
    if (outgoing.length > 0) datapath.send(outgoing);
    for (const { allocation, peer, fiveTuple } of joining) datapath.joinPeer(allocation, peer, fiveTuple);
    for (const { allocation, peer } of connecting) {
      void datapath
        .connectPeer(allocation, peer)
        .then((isConnected) =>
          this.#input((server, now) => server.handleConnectResult(now, allocation, peer, isConnected)),
        );
    }
    for (const { action: _, allocation, ...request } of opening) {
      void datapath
        .openRelay({ relay: allocation, ...request })
        .then((result) => this.#input((server, now) => server.handleRelayResult(now, allocation, result)));
    }
    this.#schedule();
    this.#tellIfEmpty();
  }

  #tellIfEmpty(): void {
    if (this.#server.allocationCount === 0) this.#emptied?.resolve();
  }

  /** What is news and moves nothing. */
  #note(action: TurnServerAction, now: Instant): void {
    switch (action.action) {
      case 'drop':
        return this.statistics.countDrop(action.reason);
      case 'authenticationFailed':
        return this.statistics.countAuthenticationFailure(action.reason);
      case 'allocationOpened':
        return this.statistics.allocationOpened(action.facts);
      case 'allocationEnded':
        return this.statistics.allocationEnded(action.facts, action.end);
      case 'allocationRefused': {
        this.statistics.countAllocationRefusal(action.appId, action.reason);
        const { appId, reason } = action;
        return this.#boundedLog.warn(now.monotonic, 'relay.allocation_refused', { app: appId, reason });
      }
      case 'peerDenied': {
        this.statistics.countDeniedPeer();
        const { appId, peer, rule, fiveTuple } = action;
        const client = formatAddress(fiveTuple.clientAddress);
        const { ip, port } = peer;
        return this.#boundedLog.warn(now.monotonic, 'relay.peer_denied', { app: appId, client, ip, port, rule });
      }
    }
  }

  /** One timer for the core's next deadline. It only ever moves to an earlier one; a late look costs nothing. */
  #schedule(): void {
    const deadline = this.#server.pollTimeout();
    if (deadline === undefined || (this.#timer !== undefined && this.#timer.deadline <= deadline)) return;
    clearTimeout(this.#timer?.handle);
    const delay = Math.max(0, Math.ceil(deadline - this.#clock().monotonic));
    const handle = setTimeout(() => {
      this.#timer = undefined;
      this.#input((server, now) => server.handleTimeout(now));
    }, delay);
    handle.unref();
    this.#timer = { handle, deadline };
  }
}

/** The actions of one batch, sorted by what performs them. */
class Work {
  readonly changes: RuleChange[] = [];
  readonly outgoing: Outgoing[] = [];
  readonly opening: Extract<TurnServerAction, { action: 'openRelay' }>[] = [];
  readonly connecting: Extract<TurnServerAction, { action: 'connectPeer' }>[] = [];
  readonly joining: Extract<TurnServerAction, { action: 'joinPeer' }>[] = [];

  /** Whether the action moves something; the rest is news. */
  take(action: TurnServerAction): boolean {
    switch (action.action) {
      case 'sendToClient':
        this.outgoing.push({ to: 'client', fiveTuple: action.fiveTuple, bytes: action.bytes });
        return true;
      case 'sendToPeer':
        this.outgoing.push({ to: 'peer', relay: action.allocation, peer: action.peer, bytes: action.bytes });
        return true;
      case 'openRelay':
        this.opening.push(action);
        return true;
      case 'connectPeer':
        this.connecting.push(action);
        return true;
      case 'joinPeer':
        this.joining.push(action);
        return true;
      case 'closePeer':
        this.changes.push({ change: 'closePeer', relay: action.allocation, peer: action.peer });
        return true;
      case 'closeRelay':
        this.changes.push(closeRelay(action));
        return true;
      case 'releaseReservation':
        this.changes.push({ change: 'releaseReservation', relay: action.allocation });
        return true;
      case 'moveClient':
        this.changes.push({ change: 'moveClient', relay: action.allocation, fiveTuple: action.fiveTuple });
        return true;
      case 'installPermission': {
        const { allocation: relay, peerIp, deadline } = action;
        this.changes.push({ change: 'installPermission', relay, peerIp, deadline });
        return true;
      }
      case 'installChannel': {
        const { allocation: relay, channelNumber, peer, deadline } = action;
        this.changes.push({ change: 'installChannel', relay, channelNumber, peer, deadline });
        return true;
      }
      case 'removePermission':
        this.changes.push({ change: 'removePermission', relay: action.allocation, peerIp: action.peerIp });
        return true;
      case 'removeChannel':
        this.changes.push({
          change: 'removeChannel',
          relay: action.allocation,
          channelNumber: action.channelNumber,
        });
        return true;
      default:
        return false;
    }
  }
}

function closeRelay({ allocation, family }: Extract<TurnServerAction, { action: 'closeRelay' }>): RuleChange {
  return { change: 'closeRelay', relay: allocation, ...(family === undefined ? {} : { family }) };
}
