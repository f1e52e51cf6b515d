import { Lab } from '@pinhole/testkit/lab';
import { testIndependentClient } from './client-facts.ts';

testIndependentClient({
  name: 'aiortc',
  skip: Lab.unavailable(['python-clients']) ?? false,
  did: 'data channel between two relayed ends',
  allocations: 2,
  over: { udp: 'relays', tcp: 'relays', tls: 'relays' },
  run: (bench, task) => bench.runPython(task, 'aiortc_client.py'),
});
