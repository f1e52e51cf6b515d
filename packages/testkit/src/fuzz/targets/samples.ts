// Messages to begin with: what real clients send.
import {
  attribute,
  ChannelNumber,
  Data,
  encodeChannelData,
  encodeStun,
  Lifetime,
  METHOD_ALLOCATE,
  METHOD_BINDING,
  METHOD_CHANNEL_BIND,
  METHOD_CREATE_PERMISSION,
  METHOD_REFRESH,
  METHOD_SEND,
  type MessageToEncode,
  Nonce,
  Realm,
  RequestedAddressFamily,
  RequestedTransport,
  type TransportAddress,
  Username,
  XorMappedAddress,
  XorPeerAddress,
} from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';

const TRANSACTION_ID = Uint8Array.from({ length: 12 }, (_, i) => i);
const PEER: TransportAddress = { family: 4, ip: '198.51.100.1', port: 5000 };
const PEER_IPV6: TransportAddress = { family: 6, ip: '2001:db8::1', port: 5000 };
const CREDENTIAL = [attribute(Username, '2000000000:demo.1.n'), attribute(Realm, 'pinhole'), attribute(Nonce, 'nonce')];

export function sampleMessages(): Uint8Array[] {
  const integrity = { key: new Uint8Array(16).fill(1), crypto: nodeCrypto };
  const messages: readonly Omit<MessageToEncode, 'transactionId'>[] = [
    { messageClass: 'request', method: METHOD_BINDING, attributes: [] },
    { messageClass: 'indication', method: METHOD_BINDING, attributes: [], fingerprint: true },
    { messageClass: 'success', method: METHOD_BINDING, attributes: [attribute(XorMappedAddress, PEER_IPV6)] },
    { messageClass: 'request', method: METHOD_ALLOCATE, attributes: [attribute(RequestedTransport, 17)] },
    {
      messageClass: 'request',
      method: METHOD_ALLOCATE,
      attributes: [attribute(RequestedTransport, 17), attribute(RequestedAddressFamily, 1), ...CREDENTIAL],
      integrity,
      fingerprint: true,
    },
    {
      messageClass: 'request',
      method: METHOD_REFRESH,
      attributes: [attribute(Lifetime, 600), ...CREDENTIAL],
      integrity,
    },
    {
      messageClass: 'request',
      method: METHOD_CREATE_PERMISSION,
      attributes: [attribute(XorPeerAddress, PEER), attribute(XorPeerAddress, PEER_IPV6), ...CREDENTIAL],
      integrity,
    },
    {
      messageClass: 'request',
      method: METHOD_CHANNEL_BIND,
      attributes: [attribute(ChannelNumber, 0x4001), attribute(XorPeerAddress, PEER), ...CREDENTIAL],
      integrity,
    },
    {
      messageClass: 'indication',
      method: METHOD_SEND,
      attributes: [attribute(XorPeerAddress, PEER), attribute(Data, new Uint8Array(33))],
    },
  ];
  return messages.map((message) => encodeStun({ ...message, transactionId: TRANSACTION_ID }));
}

export function sampleChannelData(padded: boolean): Uint8Array[] {
  return [0, 1, 160].map((length) => encodeChannelData(0x4001, new Uint8Array(length).fill(7), { padded }));
}
