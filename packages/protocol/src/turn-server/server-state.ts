import { type AddressFamily, addressesEqual, type TransportAddress } from '../address.ts';
import { type AttributeToEncode, attribute, MobilityTicket } from '../stun/index.ts';
import type { AllocationEnd, PeerToJudge, TurnServerAction } from './actions.ts';
import type { Allocation } from './allocation.ts';
import type { AllocationTable } from './allocation-table.ts';
import type { AnswerBudget } from './answer-budget.ts';
import { makeTicket } from './mobility-ticket.ts';
import type { TurnServerOptions } from './options.ts';
import type { PeerConnections } from './peer-connections.ts';
import type { Reservations } from './reservations.ts';
import type { Revocations } from './revocations.ts';

/** What the handlers share: the options, the allocations, and the list of things to do. */
export interface ServerState {
  readonly options: TurnServerOptions;
  readonly allocations: AllocationTable;
  readonly reservations: Reservations;
  /** Of TCP allocations. */
  readonly connections: PeerConnections;
  /** Answers to requests that nothing was proven with. */
  readonly strangers: AnswerBudget;
  /** Answers that say that a credential is wrong. */
  readonly failures: AnswerBudget;
  readonly revocations: Revocations;
  emit(action: TurnServerAction): void;
}

/** The attribute that an answer hands the client's next mobility ticket over with; none without mobility. */
export function nextTicket(state: ServerState, allocation: Allocation): AttributeToEncode[] {
  if (allocation.ticketSequence === undefined) return [];
  allocation.ticketSequence += 1;
  const content = { allocation: allocation.id, sequence: allocation.ticketSequence };
  return [attribute(MobilityTicket, makeTicket(content, state.options))];
}

/** Ends an allocation whatever the cause; its permissions, channels and connections end with the relay. */
export function endAllocation(state: ServerState, allocation: Allocation, end: AllocationEnd): void {
  state.allocations.remove(allocation);
  state.reservations.endOf(allocation.id);
  state.connections.removeAllOf(allocation.id);
  const facts = allocation.facts();
  if (facts === undefined) return;
  state.emit({ action: 'closeRelay', allocation: allocation.id });
  state.emit({ action: 'allocationEnded', facts, end });
}

/** Ends one relayed address of an allocation, and the allocation with its last one. */
export function endFamily(state: ServerState, allocation: Allocation, family: AddressFamily, end: AllocationEnd): void {
  if (allocation.relayedAddresses.every((address) => address.family === family)) {
    return endAllocation(state, allocation, end);
  }
  const address = allocation.removeFamily(family);
  if (address === undefined) return;
  state.allocations.forgetRelayedAddress(address);
  state.emit({ action: 'closeRelay', allocation: allocation.id, family });
}

/**
 * Whether the allocation's client may exchange packets with this peer: the same judgement for permissions, channels,
 * Send and what peers send in. A refusal is reported with its rule. A relay is no peer of itself: what a client sends
 * there would come back as from a peer, and go there again.
 */
export function mayReachPeer(state: ServerState, allocation: Allocation, peer: TransportAddress): boolean {
  if (allocation.relayedAddresses.some((own) => addressesEqual(own, peer))) {
    return refuse(state, allocation, peer, "never: the client's own relayed address");
  }
  return judge(state, allocation, peer, peer.port, state.allocations.findByRelayedAddress(peer)?.identity.appId);
}

/**
 * The same for a permission, which covers every port of the address (RFC 8656 §9). An address that this allocation's
 * own relay has is fit to hold others of the app; which of its ports do is judged when data flows.
 */
export function mayPermitPeer(state: ServerState, allocation: Allocation, peer: TransportAddress): boolean {
  const isOwnRelayIp = allocation.relayedAddresses.some(({ ip }) => ip === peer.ip);
  return judge(state, allocation, peer, undefined, isOwnRelayIp ? allocation.identity.appId : undefined);
}

function judge(
  state: ServerState,
  allocation: Allocation,
  { ip }: TransportAddress,
  port: number | undefined,
  relayedFor: string | undefined,
): boolean {
  const peer = { ip, port };
  const verdict = state.options.judgePeer({ appId: allocation.identity.appId, peer, relayedFor });
  return verdict.allowed || refuse(state, allocation, peer, verdict.rule);
}

function refuse(state: ServerState, { identity, fiveTuple }: Allocation, peer: PeerToJudge, rule: string): false {
  state.emit({ action: 'peerDenied', appId: identity.appId, fiveTuple, peer, rule });
  return false;
}
