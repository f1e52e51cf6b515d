import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseConfig } from '@pinhole/contract';
import { passwordFor } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { type Edge, startEdge } from './edge.ts';
import { selfSignedIdentity } from './listeners/certificate.test.support.ts';
import { UdpClient, type UdpClientOptions } from './udp-client.test.support.ts';

const KEY = 'a secret that is long enough for a test';
const SHARED = 'a shared secret that is long enough too';

const CONFIG = `listen: [{ ip: 127.0.0.1, port: 0, transport: udp }]
relay: { ip: 127.0.0.1 }
externalIp: 127.0.0.1
apps: [{ id: demo, secret: "${KEY}" }, { id: rest, secret: "${KEY}", sharedSecrets: ["${KEY}!", "${SHARED}"] }]
`;

describe('a running edge', () => {
  let edge: Edge;
  const clients: UdpClient[] = [];
  before(async () => {
    const parsed = parseConfig({ text: CONFIG, file: 'test' });
    assert.ok(parsed.ok);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const tls = await selfSignedIdentity();
    edge = await startEdge({ config: parsed.config, externalIp: '127.0.0.1', tls, web: () => {}, log });
  });
  after(async () => {
    for (const client of clients) client.close();
    await edge.close();
  });

  /** A client with an allocation. */
  const allocated = async (credential: UdpClientOptions['credential']): Promise<UdpClient> => {
    const client = new UdpClient({ server: edge.listening[0]!.address, credential });
    clients.push(client);
    assert.equal((await client.learn((turn, now) => turn.allocate(now))).event, 'allocated');
    return client;
  };
  const refreshOf = async (client: UdpClient): Promise<string | number> => {
    const learned = await client.learn((turn, now) => turn.refresh(now, 600));
    return learned.event === 'failed' ? learned.cause : learned.event;
  };
  const open = async (): Promise<string | undefined> =>
    /^pinhole_open_relays (\d+)$/m.exec(await edge.metricsText())?.[1];

  test('takes credentials of a TURN REST backend, whichever of the shared secrets made them', async () => {
    const username = `${Math.floor(Date.now() / 1000) + 600}:alice`;
    for (const secret of [SHARED, `${KEY}!`]) {
      const client = await allocated({ username, password: passwordFor(username, secret, nodeCrypto) });
      assert.equal(await refreshOf(client), 'refreshed');
    }
    assert.equal(edge.revoke({ username }).endedAllocations, 2);
  });

  test('security.md row 23: a revocation closes the relay in the same tick, and the credential is 401 then', async () => {
    const client = await allocated({ appId: 'demo', key: KEY });
    assert.equal(await open(), '1');
    assert.deepEqual(edge.revoke({ appId: 'demo', kid: '1' }), { endedAllocations: 1, isRemembered: true });
    // The gauge is read when it is asked for, before anything else of this process can run.
    assert.equal(await open(), '0');
    assert.equal(await refreshOf(client), 401);
    assert.match(await edge.metricsText(), /^pinhole_auth_failures_total\{reason="revokedCredential"\} 1$/m);
  });
});
