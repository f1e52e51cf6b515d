import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { KernelDrops, udpDrops } from './kernel-drops.ts';

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  384: 0100007F:BC3F 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 35141 2 0000000000000000 17
 1046: 00000000:0E16 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 35142 2 0000000000000000 0
`;

test('reads inode and drops of each row, and nothing of what is no row', () => {
  assert.deepEqual(udpDrops(TABLE), [
    { inode: '35141', drops: 17 },
    { inode: '35142', drops: 0 },
  ]);
  assert.deepEqual(udpDrops(''), []);
});

const isLinux = process.platform === 'linux';

test('sent = received + dropped by the kernel, exactly', {
  skip: isLinux ? false : 'only Linux tells',
  timeout: 20_000,
}, async () => {
  const COUNT = 2000;
  const receiver = createSocket({ type: 'udp4', recvBufferSize: 4096 });
  const sender = createSocket('udp4');
  await once(receiver.bind(0, '127.0.0.1'), 'listening');
  let received = 0;
  receiver.on('message', () => {
    received += 1;
  });
  const { port } = receiver.address();
  // Bound now, so that what follows is sent at once, before anybody reads.
  await once(sender.bind(0, '127.0.0.1'), 'listening');
  const drops = new KernelDrops();
  await drops.look();
  const before = drops.total ?? Number.NaN;
  const sent: Promise<void>[] = [];
  for (let i = 0; i < COUNT; i++) {
    sent.push(
      new Promise((resolve, reject) =>
        sender.send(Buffer.alloc(500), port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
      ),
    );
  }
  await Promise.all(sent);
  while (received + ((drops.total ?? 0) - before) < COUNT) await drops.look();
  const dropped = (drops.total ?? 0) - before;
  assert.ok(dropped > 0, `${dropped} dropped`);
  assert.equal(received + dropped, COUNT);
  await drops.look();
  assert.equal((drops.total ?? 0) - before, dropped);
  receiver.close();
  sender.close();
});

test('says nothing where the system tells nothing', async () => {
  const drops = new KernelDrops('/no/such/folder');
  await drops.look();
  assert.equal(drops.total, undefined);
});
