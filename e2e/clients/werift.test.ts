import { Lab } from '@pinhole/testkit/lab';
import { testIndependentClient } from './client-facts.ts';

testIndependentClient({
  name: 'werift',
  skip: Lab.unavailable() ?? false,
  did: 'data channel between two relayed ends',
  allocations: 2,
  over: {
    udp: { leaves: 2, because: 'close() closes the socket and sends no Refresh with lifetime 0 (RFC 8656 §8)' },
    tcp: 'relays',
    tls: 'relays',
  },
  run: (bench, task) => bench.runNode(task, 'werift.ts'),
});
