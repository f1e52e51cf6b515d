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
    tls: {
      relaysGiven:
        "the test's authority stands in for one of those compiled into it: it has no way to add one, and ends the handshake with unknown_ca",
    },
  },
  run: (bench, task) => bench.runNode(task, 'wrtc.ts'),
});
