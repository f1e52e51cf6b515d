import assert from 'node:assert/strict';
import type { TransportAddress } from '../address.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  type AttributeToEncode,
  attribute,
  decodeStun,
  encodeStun,
  METHOD_ALLOCATE,
  Nonce,
  Realm,
  readAttribute,
  type StunMessage,
  Username,
} from '../stun/index.ts';
import type { TurnClient } from '../turn-client/turn-client.ts';
import { CLIENT, credentialFor, type Pair } from './pair.test.support.ts';

export const transactionId: Uint8Array = new Uint8Array(12).fill(3);
export const payload: Uint8Array = new TextEncoder().encode('media');

export function request(
  method: number,
  attributes: readonly AttributeToEncode[] = [],
  fingerprint = false,
): Uint8Array {
  return encodeStun({ messageClass: 'request', method, transactionId, attributes, fingerprint });
}

export function onlyAnswer(pair: Pair, address: TransportAddress = CLIENT): StunMessage {
  const [sent, ...more] = pair.takeSent(address);
  assert.ok(sent !== undefined && more.length === 0, 'exactly one answer');
  const decoded = decodeStun(sent.bytes);
  assert.ok(decoded.ok);
  return decoded.message;
}

export function allocated(pair: Pair, client: TurnClient = pair.client()): TurnClient {
  client.allocate(pair.now.monotonic);
  assert.equal(pair.run(client)[0]?.event, 'allocated');
  return client;
}

/** The cause of the one failure that the client met. */
export function failure(events: ReturnType<Pair['run']>): number | string | undefined {
  const [event] = events;
  assert.equal(events.length, 1);
  assert.equal(event?.event, 'failed');
  return event?.event === 'failed' ? event.cause : undefined;
}

/** Sends a request with proven integrity, whatever its attributes, and gives the answer. */
export function sendAuthenticated(
  pair: Pair,
  method: number,
  attributes: readonly AttributeToEncode[],
  address: TransportAddress = CLIENT,
): StunMessage {
  pair.send(request(METHOD_ALLOCATE), address);
  const nonce = readAttribute(onlyAnswer(pair, address), Nonce) ?? '';
  const { username, password } = credentialFor();
  const key = nodeCrypto.md5(new TextEncoder().encode(`${username}:pinhole:${password}`));
  const proof = [attribute(Username, username), attribute(Realm, 'pinhole'), attribute(Nonce, nonce)];
  const all = [...attributes, ...proof];
  const integrity = { key, crypto: nodeCrypto };
  pair.send(encodeStun({ messageClass: 'request', method, transactionId, attributes: all, integrity }), address);
  return onlyAnswer(pair, address);
}
