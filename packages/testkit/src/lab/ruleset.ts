// One nftables ruleset from a profile: default drop, connection tracking, source address translation for corp, and a
// named counter on every decision, so that a test can prove that it was the filter that said no.
import type { Opening, Profile } from './profiles.ts';
import { LEGS } from './topology.ts';

export type CounterName =
  | 'corp_dmz_accepted'
  | 'corp_cloud_accepted'
  | 'corp_dmz_dropped'
  | 'corp_cloud_dropped'
  | 'dmz_cloud_accepted'
  | 'to_corp_dropped'
  | 'to_router_dropped'
  | 'ipv6_dropped'
  | 'established_accepted';

export const COUNTER_NAMES: readonly CounterName[] = [
  'corp_dmz_accepted',
  'corp_cloud_accepted',
  'corp_dmz_dropped',
  'corp_cloud_dropped',
  'dmz_cloud_accepted',
  'to_corp_dropped',
  'to_router_dropped',
  'ipv6_dropped',
  'established_accepted',
];

function counted(match: string, counter: CounterName, verdict: string): string {
  return `    ${match} counter name ${counter} ${verdict}`;
}

function openingRule(opening: Opening, accept: string): string {
  const match = `iifname "corp" oifname "dmz" ip daddr ${LEGS.dmz.ip} ${opening.protocol} dport ${opening.port}`;
  return counted(match, 'corp_dmz_accepted', accept);
}

function corpRules(profile: Profile, accept: string): string[] {
  if (profile.corpMayReach !== 'anything') return profile.corpMayReach.map((opening) => openingRule(opening, accept));
  return [
    counted('iifname "corp" oifname "dmz"', 'corp_dmz_accepted', accept),
    counted('iifname "corp" oifname "cloud"', 'corp_cloud_accepted', accept),
  ];
}

/**
 * The whole ruleset of the router.
 *
 * `generation` marks the connections that this very ruleset let through. "established" alone would let a call that began
 * under an open profile live on after a switch to a closed one, and the test would prove nothing. Flows that the new
 * profile also allows are marked again by their next packet. ICMP errors about a marked flow are "related" to it and
 * carry its mark, so that path MTU discovery works; every other ICMP message obeys the rules like any packet.
 */
export function rulesetFor(profile: Profile, generation: number): string {
  const accept = `ct mark set ${generation} accept`;
  return [
    'flush ruleset',
    'table inet lab {',
    ...COUNTER_NAMES.map((name) => `  counter ${name} { }`),
    '  chain forward {',
    '    type filter hook forward priority filter; policy drop;',
    counted('meta nfproto ipv6', 'ipv6_dropped', 'drop'),
    counted(`ct state established,related ct mark ${generation}`, 'established_accepted', 'accept'),
    ...corpRules(profile, accept),
    counted('iifname "corp" oifname "dmz"', 'corp_dmz_dropped', 'drop'),
    counted('iifname "corp" oifname "cloud"', 'corp_cloud_dropped', 'drop'),
    counted('iifname { "dmz", "cloud" } oifname { "dmz", "cloud" }', 'dmz_cloud_accepted', accept),
    counted('oifname "corp"', 'to_corp_dropped', 'drop'),
    '  }',
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    counted('meta nfproto ipv6', 'ipv6_dropped', 'drop'),
    '    iifname "lo" accept',
    counted('', 'to_router_dropped', 'drop'),
    '  }',
    '  chain translate {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    '    iifname "corp" masquerade',
    '  }',
    '}',
    '',
  ].join('\n');
}
