// A relay in a process of its own, which the test gives few descriptors; like every *.test.* file it is not published.
// It answers every STUN message with the same bytes. On each message from its parent it tries to open a relay.
import type { FiveTuple } from '@pinhole/protocol';
import { createPortableDatapath } from './portable-datapath.ts';

/** What the process tells: its port, then the outcome of each relay that was asked for, and what failed. */
export type Told = { readonly port: number } | { readonly outcome: string } | { readonly fault: string };

const tell = (told: Told): void => void process.send?.(told);
const LOOPBACK = { family: 4, ip: '127.0.0.1', port: 9 } as const;
const NOBODY: FiveTuple = { transport: 'udp', clientAddress: LOOPBACK, serverAddress: LOOPBACK };

const datapath = createPortableDatapath({
  sink: {
    clientMessages: (batch) => datapath.send(batch.map((message) => ({ to: 'client', ...message }))),
    peerDatagrams: () => {},
    peerConnected: () => {},
    clientGone: () => {},
    httpConnection: () => {},
    fault: ({ error }) => tell({ fault: error.message }),
  },
  relay: { ip: '127.0.0.1', minPort: 49152, maxPort: 65535 },
  externalIp: '127.0.0.1',
});
let relay = 0;
process.on('message', async () => {
  relay += 1;
  tell(await datapath.openRelay({ relay, appId: 'app', family: 4, port: 'any', fiveTuple: NOBODY }));
});
const { address } = await datapath.listen({ transport: 'tcp', address: { ip: '127.0.0.1', port: 0 } });
tell({ port: address.port });
