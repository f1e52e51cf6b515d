import { Lab } from '@pinhole/testkit/lab';
import { testIndependentClient } from './client-facts.ts';

testIndependentClient({
  name: 'Firefox ESR',
  skip: Lab.unavailable(['firefox']) ?? false,
  did: 'data channel between two relayed ends',
  allocations: 2,
  over: { udp: 'relays', tcp: 'relays', tls: 'relays' },
  run: (bench, task) => bench.runNode(task, 'firefox.ts'),
});
