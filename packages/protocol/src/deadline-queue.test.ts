import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeadlineQueue } from './deadline-queue.ts';

test('keys come out in the order of their deadlines, and none before its time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), fc.nat(1000), (deadlines, now) => {
      const queue = new DeadlineQueue<number>();
      for (const deadline of deadlines) queue.add(deadline, deadline);
      const taken: number[] = [];
      for (let key = queue.takeDue(now); key !== undefined; key = queue.takeDue(now)) taken.push(key);
      const expected = deadlines.filter((deadline) => deadline <= now).sort((a, b) => a - b);
      assert.deepEqual(taken, expected);
      assert.equal(queue.size, deadlines.length - taken.length);
      const rest = deadlines.filter((deadline) => deadline > now);
      assert.equal(queue.next(), rest.length === 0 ? undefined : Math.min(...rest));
    }),
  );
});
