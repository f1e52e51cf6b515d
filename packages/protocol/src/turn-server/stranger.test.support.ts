import assert from 'node:assert/strict';
import type { TransportAddress } from '../address.ts';
import { type KeyAlgorithm, longTermKey } from '../credentials/long-term-key.ts';
import type { Credential } from '../credentials/time-limited.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  type AttributeToEncode,
  attribute,
  decodeStun,
  ErrorCode,
  encodeStun,
  type IntegrityHash,
  METHOD_ALLOCATE,
  Nonce,
  PASSWORD_ALGORITHM_MD5,
  PASSWORD_ALGORITHM_SHA256,
  PasswordAlgorithm,
  PasswordAlgorithms,
  Realm,
  RequestedTransport,
  readAttribute,
  type StunMessage,
  Username,
} from '../stun/index.ts';
import { CLIENT, credentialFor, type Pair } from './pair.test.support.ts';

const EMPTY = new Uint8Array(0);
let transactions = 0;

/** What a test changes in a request that would otherwise be right. */
export interface Forgery {
  readonly method?: number;
  /** Where the request will come from. */
  readonly from?: TransportAddress;
  readonly credential?: Credential;
  readonly nonce?: string;
  readonly hash?: IntegrityHash;
  /** What the key is made with. */
  readonly key?: KeyAlgorithm;
  /** PASSWORD-ALGORITHM; without it there is none. */
  readonly chosen?: number;
  /** PASSWORD-ALGORITHMS; without it there is none. */
  readonly offered?: readonly number[];
  /** In place of USERNAME. */
  readonly user?: AttributeToEncode;
}

export const OFFER: readonly number[] = [PASSWORD_ALGORITHM_SHA256, PASSWORD_ALGORITHM_MD5];

/** One message to the server by hand, and its one answer. */
export function ask(pair: Pair, bytes: Uint8Array, address: TransportAddress = CLIENT): StunMessage {
  pair.send(bytes, address);
  const [answer, ...more] = pair.takeSent(address);
  assert.ok(answer !== undefined && more.length === 0, 'one answer');
  const decoded = decodeStun(answer.bytes);
  assert.ok(decoded.ok);
  return decoded.message;
}

export function codeOf(message: StunMessage): number | undefined {
  return readAttribute(message, ErrorCode)?.code;
}

export function bareRequest(method: number, attributes: readonly AttributeToEncode[] = []): Uint8Array {
  return encodeStun({ messageClass: 'request', method, transactionId: nextTransactionId(), attributes });
}

/** A nonce for the client, as the server gives it to anybody. */
export function nonceFor(pair: Pair, address: TransportAddress = CLIENT): string {
  return readAttribute(ask(pair, bareRequest(METHOD_ALLOCATE), address), Nonce) ?? '';
}

/** A request with the old, or by `forgery` any other, proof. */
export function provenRequest(
  pair: Pair,
  forgery: Forgery = {},
  attributes?: readonly AttributeToEncode[],
): Uint8Array {
  const { method = METHOD_ALLOCATE, credential = credentialFor(), hash = 'sha1', key = 'md5' } = forgery;
  const { chosen, offered, user = attribute(Username, credential.username) } = forgery;
  const algorithm = (number: number) => ({ algorithm: number, parameters: EMPTY });
  return encodeStun({
    messageClass: 'request',
    method,
    transactionId: nextTransactionId(),
    attributes: [
      ...(attributes ?? [attribute(RequestedTransport, 17)]),
      user,
      attribute(Realm, 'pinhole'),
      attribute(Nonce, forgery.nonce ?? nonceFor(pair, forgery.from)),
      ...(offered === undefined ? [] : [attribute(PasswordAlgorithms, offered.map(algorithm))]),
      ...(chosen === undefined ? [] : [attribute(PasswordAlgorithm, algorithm(chosen))]),
    ],
    integrity: { key: longTermKey(credential, 'pinhole', nodeCrypto, key), hash, crypto: nodeCrypto },
  });
}

function nextTransactionId(): Uint8Array {
  transactions += 1;
  return Uint8Array.from({ length: 12 }, (_, i) => (transactions >> (8 * (i % 4))) & 0xff);
}
