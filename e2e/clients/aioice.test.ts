import { Lab } from '@pinhole/testkit/lab';
import { testIndependentClient } from './client-facts.ts';

testIndependentClient({
  name: 'aioice',
  skip: Lab.unavailable(['python-clients']) ?? false,
  did: 'datagrams over a channel to an echo server',
  allocations: 1,
  over: { udp: 'relays', tcp: 'relays', tls: 'relays' },
  run: (bench, task) => bench.runPython(task, 'aioice_client.py'),
});
