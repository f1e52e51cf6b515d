import { Lab } from '@pinhole/testkit/lab';
import { testIndependentClient } from './client-facts.ts';

testIndependentClient({
  name: 'libnice',
  skip: Lab.unavailable(['libnice']) ?? false,
  did: 'datagrams between two relayed ICE agents',
  allocations: 2,
  over: {
    udp: 'relays',
    tcp: 'relays',
    tls: { cannot: 'where it is asked for TLS it makes its allocations over plain TCP, without a word' },
  },
  run: (bench, task) => bench.runPython(task, 'libnice_client.py'),
});
