// The firewalls that the lab can be, as data. The ruleset is generated from a profile (ruleset.ts), and its counters
// are named after the profile's openings.

export type ProfileName = 'open' | 'udp-3478-and-tcp-443' | 'tcp-443-only' | 'all-blocked';

/** One line of an allowlist: corp may start connections to the dmz address on this port. */
export interface Opening {
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
}

export interface Profile {
  readonly name: ProfileName;
  /** What the profile stands for, one sentence for `npm run lab -- --list`. */
  readonly models: string;
  /** `anything`: corp may start whatever it likes towards anyone. A list: only these, and only towards dmz. */
  readonly corpMayReach: 'anything' | readonly Opening[];
}

export const PROFILES: { readonly [name in ProfileName]: Profile } = {
  open: {
    name: 'open',
    models: 'A home or a small office: address translation, everything outgoing is allowed, nothing comes in unasked.',
    corpMayReach: 'anything',
  },
  'udp-3478-and-tcp-443': {
    name: 'udp-3478-and-tcp-443',
    models: 'A company that put two rows for Pinhole into its allowlist; the service behind it stays out of reach.',
    corpMayReach: [
      { protocol: 'udp', port: 3478 },
      { protocol: 'tcp', port: 443 },
    ],
  },
  'tcp-443-only': {
    name: 'tcp-443-only',
    models: 'A hospital or a bank: UDP never leaves, and one TCP port of one address is open.',
    corpMayReach: [{ protocol: 'tcp', port: 443 }],
  },
  'all-blocked': {
    name: 'all-blocked',
    models: 'A network whose firewall nobody has opened yet: every packet towards Pinhole and the service is dropped.',
    corpMayReach: [],
  },
};

export const PROFILE_NAMES: readonly ProfileName[] = ['open', 'udp-3478-and-tcp-443', 'tcp-443-only', 'all-blocked'];

/** The profiles in which a client cannot reach the service without Pinhole. */
export const CLOSED_PROFILE_NAMES: readonly ProfileName[] = PROFILE_NAMES.filter((name) => name !== 'open');

export function isProfileName(text: string): text is ProfileName {
  return PROFILE_NAMES.some((name) => name === text);
}
