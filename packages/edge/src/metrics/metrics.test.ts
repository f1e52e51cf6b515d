import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveCounters } from '../datapath/portable/live-counters.ts';
import { createMetrics, type MetricSources } from './metrics.ts';

test('reads every source anew each time it is asked', async () => {
  const datapath = new LiveCounters();
  const metrics = createMetrics(sources({ datapath: () => datapath }));
  datapath.toPeers.packets = 3;
  datapath.toPeers.bytes = 300;
  assert.match(await metrics.text(), /^pinhole_relay_packets_total\{direction="tx",side="peer"\} 3$/m);
  datapath.toPeers.packets = 5;
  const text = await metrics.text();
  assert.match(text, /^pinhole_relay_packets_total\{direction="tx",side="peer"\} 5$/m);
  assert.match(text, /^pinhole_relay_bytes_total\{direction="tx",side="peer"\} 300$/m);
});

test('has a line for each drop reason from the start, and adds up those that core and datapath share', async () => {
  const datapath = new LiveCounters();
  datapath.dropped.noPermission = 2;
  const metrics = createMetrics(sources({ datapath: () => datapath, coreDrops: () => [['noPermission', 3]] }));
  const text = await metrics.text();
  assert.match(text, /^pinhole_dropped_packets_total\{reason="noPermission"\} 5$/m);
  assert.match(text, /^pinhole_dropped_packets_total\{reason="egressFull"\} 0$/m);
  assert.match(text, /^pinhole_ended_streams_total\{reason="tlsFailed"\} 0$/m);
});

test('shows allocations by app and transport, upgrades by upstream and code', async () => {
  const metrics = createMetrics(
    sources({
      allocations: () => [{ app: 'demo', transport: 'tls', live: 1, total: 4 }],
      gatewayUpgrades: () => [{ upstream: 'janus', code: '101', count: 7 }],
      authenticationFailures: () => [['staleNonce', 9]],
      quotaRejections: () => [{ app: 'demo', kind: 'userQuota', count: 8 }],
      deniedPeers: () => 6,
    }),
  );
  const text = await metrics.text();
  assert.match(text, /^pinhole_allocations\{app="demo",transport="tls"\} 1$/m);
  assert.match(text, /^pinhole_quota_rejections_total\{app="demo",kind="userQuota"\} 8$/m);
  assert.match(text, /^pinhole_allocations_total\{app="demo",transport="tls"\} 4$/m);
  assert.match(text, /^pinhole_gateway_upgrades_total\{upstream="janus",code="101"\} 7$/m);
  assert.match(text, /^pinhole_auth_failures_total\{reason="staleNonce"\} 9$/m);
  assert.match(text, /^pinhole_denied_peers_total 6$/m);
});

test('tells when the certificate in use expires', async () => {
  assert.match(await createMetrics(sources({})).text(), /^pinhole_cert_expiry_seconds 1800000000$/m);
});

test('two edges in one process do not share numbers', async () => {
  const first = createMetrics(sources({ deniedPeers: () => 1 }));
  const second = createMetrics(sources({ deniedPeers: () => 2 }));
  assert.match(await first.text(), /^pinhole_denied_peers_total 1$/m);
  assert.match(await second.text(), /^pinhole_denied_peers_total 2$/m);
});

function sources(some: Partial<MetricSources>): MetricSources {
  return {
    datapath: () => new LiveCounters(),
    allocations: () => [],
    authenticationFailures: () => [],
    coreDrops: () => [],
    allocationEnds: () => [],
    quotaRejections: () => [],
    kernelDrops: { look: async () => {}, total: undefined },
    deniedPeers: () => 0,
    gatewayUpgrades: () => [],
    certificateExpiresAt: () => 1_800_000_000,
    ...some,
  };
}
