import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ServerDropReason } from '@pinhole/protocol';
import { DROP_REASONS } from '../datapath/counters.ts';
import { LiveCounters } from '../datapath/portable/live-counters.ts';
import { createMetrics } from './metrics.ts';

const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');

/** Complete by its type: a reason that the core learns has to be written here, and then in the documentation. */
const CORE_DROP_REASONS: Readonly<Record<ServerDropReason, true>> = {
  tooShort: true,
  notStun: true,
  badMagicCookie: true,
  badLength: true,
  attributeOverrun: true,
  tooManyAttributes: true,
  badFingerprint: true,
  unexpectedClass: true,
  unknownMethod: true,
  malformedAttribute: true,
  unknownAttribute: true,
  noAllocation: true,
  incompleteSend: true,
  noPermission: true,
  peerDenied: true,
  keepAlive: true,
  strangerBudget: true,
  newcomerBudget: true,
  failureBudget: true,
};

/** A sample of every metric, so that each shows its labels. */
async function sampleText(): Promise<string> {
  const metrics = createMetrics({
    datapath: () => new LiveCounters(),
    allocations: () => [{ app: 'demo', transport: 'udp', live: 1, total: 1 }],
    authenticationFailures: () => [['staleNonce', 1]],
    coreDrops: () => [],
    allocationEnds: () => [['expired', 1]],
    quotaRejections: () => [{ app: 'demo', kind: 'userQuota', count: 1 }],
    kernelDrops: { look: async () => {}, total: 1 },
    deniedPeers: () => 1,
    gatewayUpgrades: () => [{ upstream: 'janus', code: '101', count: 1 }],
    certificateExpiresAt: () => 1,
  });
  return metrics.text();
}

/** The rows of the table as the registry would write them. */
function rowsOf(text: string): readonly string[] {
  const helps = Array.from(text.matchAll(/^# HELP (pinhole_\w+) (.*)\n# TYPE \w+ (\w+)$/gm));
  return helps.map(([, name, help, type]) => {
    const sample = new RegExp(`^${name}(?:\\{(.*)\\})? `, 'm').exec(text)?.[1] ?? '';
    const labels = Array.from(sample.matchAll(/(\w+)=/g), ([, label]) => `\`${label}\``);
    return `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |`;
  });
}

test('docs/metrics.md has a row for each metric as it is, and for no other', async () => {
  const documented = page.split('\n').filter((line) => line.startsWith('| `pinhole_'));
  assert.deepEqual(documented.toSorted(), rowsOf(await sampleText()).toSorted());
});

test('docs/metrics.md explains each reason to drop a packet, and no other', () => {
  const section = page.slice(page.indexOf('## Why packets are dropped'));
  const documented = Array.from(section.matchAll(/^\| `(\w+)` \| \S/gm), ([, reason]) => String(reason));
  const known = new Set([...DROP_REASONS, ...Object.keys(CORE_DROP_REASONS), 'receiveOverflow']);
  assert.deepEqual(documented.toSorted(), [...known].toSorted());
});
