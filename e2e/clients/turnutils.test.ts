import { execFileSync } from 'node:child_process';
import { Lab } from '@pinhole/testkit/lab';
import type { ClientBench } from './client-bench.ts';
import { testIndependentClient } from './client-facts.ts';
import type { ClientOutcome, ClientTask } from './client-task.ts';

testIndependentClient({
  name: 'turnutils_uclient (coturn)',
  skip: Lab.unavailable(['turn-tools']) ?? false,
  did: 'datagrams over a channel to an echo server',
  // It makes one, ends it and makes another before it begins.
  allocations: 2,
  over: {
    udp: { leaves: 1, because: 'it sends a Refresh with lifetime 0 for one of its two allocations' },
    tcp: 'relays',
    tls: {
      countsShort: 'over TLS it stops before it has counted what came together, with coturn as its server as well',
    },
  },
  run: runUclient,
});

const STREAM_FLAGS = { udp: [], tcp: ['-t'], tls: ['-t', '-S'] } as const;

async function runUclient(bench: ClientBench, task: ClientTask): Promise<ClientOutcome> {
  const { transport, server, peer, username, password, caFile, messages, messageBytes, timeoutMs } = task;
  const { code, stdout, stderr } = await bench.lab.run(
    'corp',
    'turnutils_uclient',
    [
      ...STREAM_FLAGS[transport],
      ...(transport === 'tls' ? ['-E', caFile] : []),
      // One allocation: no second one for RTCP.
      ...['-c', '-m', '1', '-u', username, '-w', password, '-p', String(server.port)],
      ...['-e', peer.ip, '-r', String(peer.port), '-n', String(messages), '-l', String(messageBytes), '-z', '2'],
      server.ip,
    ],
    // Where it misses a message it waits for another ten seconds.
    { timeoutMs: timeoutMs + 20_000 },
  );
  if (code !== 0) throw new Error(`turnutils_uclient failed (${code}):\n${(stdout + stderr).slice(-2000)}`);
  return { version: coturnVersion(), ...countsIn(stdout + stderr), ends: [{ localType: 'relay', remoteType: 'host' }] };
}

/** The last totals that it prints are the result. */
function countsIn(output: string): Omit<ClientOutcome, 'version' | 'ends'> {
  const messages = [...output.matchAll(/tot_send_msgs=(\d+), tot_recv_msgs=(\d+)/g)].at(-1);
  const bytes = [...output.matchAll(/tot_send_bytes ~ (\d+), tot_recv_bytes ~ (\d+)/g)].at(-1);
  return {
    sentMessages: Number(messages?.[1]),
    echoedMessages: Number(messages?.[2]),
    sentBytes: Number(bytes?.[1]),
    echoedBytes: Number(bytes?.[2]),
  };
}

/** The tools do not say theirs; the server of the same package does. */
function coturnVersion(): string {
  return execFileSync('turnserver', ['--version'], { encoding: 'utf8' }).trim();
}
