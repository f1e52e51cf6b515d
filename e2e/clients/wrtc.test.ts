import { Lab } from '@pinhole/testkit/lab';
import { testIndependentClient } from './client-facts.ts';

testIndependentClient({
  name: '@roamhq/wrtc (libwebrtc)',
  skip: Lab.unavailable() ?? false,
  did: 'data channel between two relayed ends',
  allocations: 2,
  over: {
    udp: 'relays',
    tcp: 'relays',
    tls: { cannot: 'it trusts the authorities compiled into it and no other, and ends the handshake with unknown_ca' },
  },
  run: (bench, task) => bench.runNode(task, 'wrtc.ts'),
});
