import { Lab } from '@pinhole/testkit/lab';
import { testIndependentClient } from './client-facts.ts';

const cannot = 'libjuice, its ICE agent, has no TURN over streams';

testIndependentClient({
  name: 'node-datachannel (libdatachannel, libjuice)',
  skip: Lab.unavailable() ?? false,
  did: 'data channel between two relayed ends',
  allocations: 2,
  over: {
    udp: { leaves: 2, because: 'libjuice ends without a Refresh with lifetime 0 (RFC 8656 §8)' },
    tcp: { cannot },
    tls: { cannot },
  },
  run: (bench, task) => bench.runNode(task, 'node-datachannel.ts'),
});
