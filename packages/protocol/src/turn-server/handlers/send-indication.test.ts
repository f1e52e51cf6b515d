import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AttributeToEncode, attribute, Data, encodeStun, METHOD_SEND, XorPeerAddress } from '../../stun/index.ts';
import { Pair, PEER } from '../pair.test.support.ts';
import { allocated, payload, transactionId } from '../requests.test.support.ts';

describe('Send', () => {
  test('without allocation, peer, data or permission is dropped with its reason', () => {
    const pair = new Pair();
    const send = (attributes: AttributeToEncode[]) =>
      pair.send(encodeStun({ messageClass: 'indication', method: METHOD_SEND, transactionId, attributes }));
    const both = [attribute(XorPeerAddress, PEER), attribute(Data, payload)];
    send(both);
    allocated(pair);
    send(both.slice(0, 1));
    send(both.slice(1));
    send(both);
    send([...both, { type: 0x001a, encode: () => new Uint8Array(0) }]);
    const reasons = pair.actions('drop').map(({ reason }) => reason);
    assert.deepEqual(reasons, ['noAllocation', 'incompleteSend', 'incompleteSend', 'noPermission', 'unknownAttribute']);
    assert.deepEqual(pair.takeSent(), [], 'an indication is never answered');
  });

  test('to a port of a permitted address that the policy denies is dropped', () => {
    const pair = new Pair();
    const client = allocated(pair);
    pair.verdict = ({ peer }) => (peer.port === 22 ? { allowed: false, rule: 'ports' } : { allowed: true });
    client.createPermission(0, [PEER]);
    pair.run(client);
    client.sendIndication({ ...PEER, port: 22 }, payload);
    pair.run(client);
    assert.deepEqual(pair.actions('drop'), [{ action: 'drop', reason: 'peerDenied' }]);
  });
});
