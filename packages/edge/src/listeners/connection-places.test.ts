import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConnectionPlaces } from './connection-places.ts';

const socket = (): Socket => new EventEmitter() as Socket;
const places = (connections: number, connectionsPerIp: number): ConnectionPlaces => {
  const some = new ConnectionPlaces();
  some.limits = { connections, connectionsPerIp };
  return some;
};

test('counts an IPv4 client by its address, and an IPv6 client by its /64', () => {
  const few = places(100, 1);
  assert.equal(few.takeForClient(socket(), '192.0.2.1'), undefined);
  assert.equal(few.takeForClient(socket(), '192.0.2.2'), undefined);
  assert.equal(few.takeForClient(socket(), '192.0.2.1'), 'tooManyFromClient');
  assert.equal(few.takeForClient(socket(), '2001:db8:0:1::1'), undefined);
  assert.equal(few.takeForClient(socket(), '2001:db8:0:1:ffff::2'), 'tooManyFromClient');
  assert.equal(few.takeForClient(socket(), '2001:db8:0:2::1'), undefined);
});

test('knows no limit until it is told one', () => {
  assert.equal(new ConnectionPlaces().take(socket()), undefined);
  assert.equal(new ConnectionPlaces().takeForClient(socket(), '192.0.2.1'), undefined);
});

test('takes a limit that was lowered for new connections, and ends none', () => {
  const changing = places(2, 9);
  assert.equal(changing.take(socket()), undefined);
  assert.equal(changing.take(socket()), undefined);
  changing.limits = { connections: 1 };
  assert.equal(changing.take(socket()), 'tooManyConnections');
});

test('property: never holds more than the limits, and gives every place back', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(3), fc.nat(20)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (taken) => {
      const some = places(8, 3);
      const open: { readonly socket: Socket; readonly ip: string }[] = [];
      for (const [opens, host, which] of taken) {
        const ip = `192.0.2.${host}`;
        if (opens) {
          const one = { socket: socket(), ip };
          const refusal = some.take(one.socket);
          assert.equal(refusal, open.length < 8 ? undefined : 'tooManyConnections');
          if (refusal !== undefined) continue;
          const own = some.takeForClient(one.socket, ip);
          assert.equal(own, open.filter((other) => other.ip === ip).length < 3 ? undefined : 'tooManyFromClient');
          if (own === undefined) open.push(one);
          else one.socket.emit('close');
        } else if (open.length > 0) {
          open.splice(which % open.length, 1)[0]?.socket.emit('close');
        }
      }
    }),
    { seed: 20_261_122 },
  );
});
