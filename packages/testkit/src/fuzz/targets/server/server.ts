import {
  type AttributeToEncode,
  attribute,
  ChannelNumber,
  Data,
  EvenPort,
  encodeStun,
  Lifetime,
  METHOD_SEND,
  MobilityTicket,
  RequestedTransport,
  XorPeerAddress,
} from '@pinhole/protocol';
import { concatenated } from '../../mutate-bytes.ts';
import type { FuzzTarget } from '../../target.ts';
import { sampleMessages } from '../samples.ts';
import { ServerBench } from './bench.ts';
import { PEERS } from './cast.ts';
import { mutateProgram, parseProgram, type Step, serializeProgram } from './program.ts';

const TRANSACTION_ID = new Uint8Array(12);
const NOTHING = new Uint8Array(0);
const [ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND] = [0, 1, 2, 3];

/**
 * The whole server core, driven by programs of what clients, peers, datapath and clock do. What must hold is in
 * rules.ts: no state before authentication, no bytes to or from a peer without permission, strangers are answered little
 * and only when they ask, and nothing is left when the last allocation has ended.
 */
export const serverTarget: FuzzTarget = {
  name: 'server',
  seeds: () => [call(), deniedCall(), movingCall(), strangers()].map(serializeProgram),
  mutate: mutateProgram,
  run(input) {
    const bench = new ServerBench();
    for (const step of parseProgram(input)) bench.step(step);
    bench.end();
    return bench.happened;
  },
};

/** A call from its first request to its last. */
function call(): Step[] {
  return [
    signed(0, ALLOCATE, [attribute(RequestedTransport, 17)]),
    signed(0, ALLOCATE, [attribute(RequestedTransport, 17), attribute(EvenPort, { reserveNext: false })]),
    { kind: 'relay', choice: 0, body: NOTHING },
    signed(0, CREATE_PERMISSION, [peer(0), peer(2)]),
    raw(0, send(0)),
    { kind: 'peer', choice: 0, body: Uint8Array.of(1, 2, 3) },
    signed(0, CHANNEL_BIND, [attribute(ChannelNumber, 0x4001), peer(1)]),
    { kind: 'time', choice: 2, body: NOTHING },
    signed(0, REFRESH, [attribute(Lifetime, 1200)]),
    { kind: 'time', choice: 6, body: NOTHING },
    raw(0, send(0)),
    signed(0, REFRESH, [attribute(Lifetime, 0)]),
  ];
}

function deniedCall(): Step[] {
  return [
    signed(3, ALLOCATE, []),
    signed(3, ALLOCATE, [attribute(RequestedTransport, 17)]),
    { kind: 'relay', choice: 0, body: NOTHING },
    signed(3, CREATE_PERMISSION, [peer(0), peer(3)]),
    signed(3 + (1 << 4), CREATE_PERMISSION, [peer(0)]),
    raw(3, send(3)),
    { kind: 'gone', choice: 3, body: NOTHING },
  ];
}

/** The client's address changes, and the allocation comes along (RFC 8016); the second time the ticket has served. */
function movingCall(): Step[] {
  const ticket = (value: Uint8Array): AttributeToEncode => ({ type: MobilityTicket.type, encode: () => value });
  const resume = [ticket(Uint8Array.of(0)), attribute(Lifetime, 600)];
  return [
    signed(0, ALLOCATE, []),
    signed(0, ALLOCATE, [attribute(RequestedTransport, 17), ticket(NOTHING)]),
    { kind: 'relay', choice: 0, body: NOTHING },
    signed(1, REFRESH, resume),
    signed(1, REFRESH, resume),
    signed(2, REFRESH, resume),
  ];
}

function strangers(): Step[] {
  return sampleMessages().map((body, choice) => raw(choice, body));
}

function signed(choice: number, method: number | undefined, attributes: readonly AttributeToEncode[]): Step {
  return { kind: 'signed', choice, body: concatenated([Uint8Array.of(method ?? 0), bytesOf(attributes)]) };
}

function raw(choice: number, body: Uint8Array): Step {
  return { kind: 'raw', choice, body };
}

function peer(index: number): AttributeToEncode {
  const address = PEERS[index];
  if (address === undefined) throw new RangeError(`There is no peer ${index}.`);
  return attribute(XorPeerAddress, address);
}

function send(to: number): Uint8Array {
  const attributes = [peer(to), attribute(Data, Uint8Array.of(1, 2, 3))];
  return encodeStun({ messageClass: 'indication', method: METHOD_SEND, transactionId: TRANSACTION_ID, attributes });
}

function bytesOf(attributes: readonly AttributeToEncode[]): Uint8Array {
  const message = encodeStun({ messageClass: 'request', method: 1, transactionId: TRANSACTION_ID, attributes });
  return message.subarray(20);
}
