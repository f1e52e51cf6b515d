// What the lab looks like, as data: four hosts, each a network namespace of its own, around one router.
//
//   corp 10.77.0.10 ──┐                    ┌── cloud 198.51.100.10
//     (browser)       ├── fw (nftables) ───┤      (SFU)
//                     │                    └── dmz 203.0.113.10
//                     │                           (Pinhole)
//
// dmz and cloud use documentation ranges (RFC 5737), so that no address of the lab can be anybody's.

export type LabHost = 'corp' | 'fw' | 'dmz' | 'cloud';

/** A host on one leg of the router. */
export type LegName = Exclude<LabHost, 'fw'>;

export interface Leg {
  /** The host's own address. */
  readonly ip: string;
  /** The router's address on this leg: the host's default route. */
  readonly gateway: string;
  readonly prefixLength: number;
  readonly cidr: string;
  /** Who lives there, for people. */
  readonly role: string;
}

export const LEGS: { readonly [name in LegName]: Leg } = {
  corp: { ip: '10.77.0.10', gateway: '10.77.0.1', prefixLength: 24, cidr: '10.77.0.0/24', role: 'the browser' },
  dmz: { ip: '203.0.113.10', gateway: '203.0.113.1', prefixLength: 24, cidr: '203.0.113.0/24', role: 'Pinhole' },
  cloud: { ip: '198.51.100.10', gateway: '198.51.100.1', prefixLength: 24, cidr: '198.51.100.0/24', role: 'the SFU' },
};

export const LEG_NAMES: readonly LegName[] = ['corp', 'dmz', 'cloud'];

/** The router's interface towards a host carries the host's name, so that firewall rules read as sentences. */
function legCommands(name: LegName): string[] {
  const leg = LEGS[name];
  return [
    `ip netns add ${name}`,
    `ip -n ${name} link set lo up`,
    `ip link add ${name} netns fw type veth peer name eth0 netns ${name}`,
    // No address but ours: a link-local one that turns up seconds later makes Chromium abort its requests with
    // ERR_NETWORK_CHANGED.
    `ip -n fw link set ${name} addrgenmode none`,
    `ip -n ${name} link set eth0 addrgenmode none`,
    `ip -n fw addr add ${leg.gateway}/${leg.prefixLength} dev ${name}`,
    `ip -n fw link set ${name} up`,
    `ip -n ${name} addr add ${leg.ip}/${leg.prefixLength} dev eth0`,
    `ip -n ${name} link set eth0 up`,
    `ip -n ${name} route add default via ${leg.gateway}`,
  ];
}

/** The kernel reports a new link as up a moment later; a browser that starts before sees its network change. */
function waitForLinkCommand(name: LegName): string {
  return `until ip -n ${name} -brief link show dev eth0 | grep -q ' UP '; do sleep 0.02; done`;
}

/**
 * The shell commands that build the network. The router gets no default route: what leaves the three legs has nowhere
 * to go, and forwarding starts only after the caller has loaded a ruleset (`startForwarding`).
 */
export function networkCommands(): string[] {
  return [
    'ip netns add fw',
    'ip -n fw link set lo up',
    ...LEG_NAMES.flatMap(legCommands),
    ...LEG_NAMES.map(waitForLinkCommand),
  ];
}

export const START_FORWARDING = 'echo 1 > /proc/sys/net/ipv4/ip_forward';
